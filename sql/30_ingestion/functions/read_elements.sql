-- A batch as elements: typed, checked, with owner, geofence and time of receipt. The first error becomes the
-- verdict, in this order: shape, device, time, coordinates, values. Called by private.ingest. Inlined: no SET
-- clause, full names.
-- p_months   months back that imported readings may be dated, and need a time; 0: not an import
create function private.read_elements(p_readings jsonb, p_clients integer[], p_now timestamp,
  p_months integer default 0)
returns setof private.element
language sql stable as $$
  select (o.n - 1)::integer, d."cdDispositivo", d."cdCliente", v.instant, v.seq, g.volts, v.lat, v.long,
         case when v.lat is not null then v.accuracy end, d."cdDestinatario",
         private.is_inside_geofence(t."geoCerca", t."nrRaio", g.distance, v.long, v.lat, v.accuracy),
         g.distance::real,
         case when fault.message is null and p.has_position
           then nextval('series."TbPosicao_cdPosicao_seq"') end,
         p.has_position,
         l.sensor_values, cardinality(l.sensor_values), 0, l.names_item, c.instant is null,
         case when fault.message is null then 'stored' else 'rejected' end,
         substring(fault.message from '^\S+'), substring(fault.message from '^\S+ (.*)$')
  from jsonb_array_elements(p_readings) with ordinality as o(e, n)
  cross join private."TbConfiguracao" config
  cross join lateral (
    select nullif(o.e -> 'cdCliente', 'null') as client, nullif(o.e -> 'cdDispositivo', 'null') as device,
           nullif(o.e -> 'dtRegistro', 'null') as instant, nullif(o.e -> 'nrBat', 'null') as battery,
           nullif(o.e -> 'nrSeq', 'null') as seq, nullif(o.e -> 'latitude', 'null') as lat,
           nullif(o.e -> 'longitude', 'null') as long, nullif(o.e -> 'nrPrecisao', 'null') as accuracy,
           nullif(o.e -> 'sensores', 'null') as sensores, private.said_of_itself(o.e) as meta
    offset 0 -- each field is taken out once
  ) c
  cross join lateral ( -- what a receiver without a fix sends
    select c.lat = '0' and c.long = '0' and not config."blZeroZero" as is_without_fix
    offset 0
  ) z
  cross join lateral (
    select private.read_integer(c.device) as device, private.read_double(c.battery) as battery,
           private.read_sequence(c.seq) as seq,
           case when c.lat >= '-90' and c.lat <= '90' and z.is_without_fix is not true
             then round(c.lat::numeric, 5)::double precision end as lat,
           case when c.long >= '-180' and c.long <= '180' and z.is_without_fix is not true
             then coalesce(nullif(round(c.long::numeric, 5), 180), -180)::double precision end as long,
           case when c.accuracy >= '0' and c.accuracy <= '100000000'
             then round(c.accuracy::numeric, 3)::real end as accuracy,
           -- readings without a time in one batch are a microsecond apart, so that none is lost
           case when c.instant is null then p_now + o.n * interval '1 microsecond'
                when jsonb_typeof(c.instant) = 'string' then private.read_instant(c.instant #>> '{}')
           end as instant
    offset 0
  ) v
  cross join lateral (
    select num_nonnulls(c.battery, c.seq) > 0
             or num_nonnulls(c.lat, c.long) > 0 and z.is_without_fix is not true as has_position
  ) p
  left join public."TbDispositivo" d on d."cdDispositivo" = v.device
  left join public."TbCliente" owner on owner."cdCliente" = d."cdCliente"
  left join private."TbRetencaoPiso" expired
    on expired."cdCliente" = d."cdCliente" and expired."cdDispositivo" = 0
  left join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
  left join public."TbEndereco" a on a."cdEndereco" = t."cdEndereco"
  cross join lateral (
    select case when c.meta is null or pg_column_size(c.meta) > 8192 then c.sensores
                else private.with_meta_points(d."cdDispositivo", c.sensores, c.meta) end as sensores
    offset 0
  ) s
  cross join lateral private.read_values(d."cdDispositivo", d."cdCliente", s.sensores) l
  cross join lateral (
    select case when num_nonnulls(v.lat, v.long, a."geoPonto") = 3 then extensions.st_distance(
             a."geoPonto",
             extensions.st_setsrid(extensions.st_makepoint(v.long, v.lat), 4326)::extensions.geography
           ) end as distance,
           private.read_volts(v.battery, d."cdUnidadeBat") as volts
    offset 0
  ) g
  cross join lateral (
    select coalesce(
      private.shape_error(o.e, v.device, c.meta, config."nrBytesElemento"),
      case
        when z.is_without_fix and not p.has_position and coalesce(c.sensores, '[]') = '[]'
          and coalesce(c.meta, '{}') = '{}'
          then 'MALFORMED Nothing to store: latitude and longitude 0 mean that there is no fix'
        when c.accuracy is not null and v.accuracy is null and not private.is_not_finite(c.accuracy)
          then 'MALFORMED nrPrecisao must be a number'
        when c.battery is not null and v.battery is null and not private.is_not_finite(c.battery)
          then 'MALFORMED nrBat must be a number'
        when c.seq is not null and v.seq is null and not private.is_whole_number(c.seq)
          then 'MALFORMED nrSeq must be a whole number'
        when c.client is not null and not private.is_whole_number(c.client)
          then 'MALFORMED cdCliente must be a whole number'
        when d."cdDispositivo" is null
          then format('UNKNOWN_DEVICE Device %s is not known', left(trunc(c.device::numeric)::text, 40))
        -- the same text, whether it does not exist, has no client or is another client's
        when d."cdCliente" is null then format('UNKNOWN_DEVICE Device %s is not known', d."cdDispositivo")
        when not d."cdCliente" = any (p_clients)
          or not (c.client is null
            or coalesce(private.read_integer(c.client) in (d."cdCliente", owner."cdClientePai"), false))
          then format('FORBIDDEN_DEVICE Device %s is not known', d."cdDispositivo")
        when v.instant is null
          then format('INVALID_TIMESTAMP dtRegistro %s is not an ISO 8601 instant', left(c.instant::text, 40))
        when v.instant < date_trunc('month', p_now)
                         - make_interval(months => greatest(config."nrMesesAtras", p_months))
          or v.instant > p_now + make_interval(mins => config."nrMinutosAdiante")
                         + o.n * interval '1 microsecond'
          then private.range_error(c.instant, v.instant, p_now, config, p_months)
        when p_months > 0 and c.instant is null then 'INVALID_TIMESTAMP dtRegistro is missing'
        when v.instant < expired."dtAnunciado" and not exists ( -- a held device: private.hold_floors
            select from private."TbRetencaoPiso" own
            where own."cdCliente" = d."cdCliente" and own."cdDispositivo" = d."cdDispositivo"
              and v.instant >= own."dtAnunciado")
          then format('TIMESTAMP_OUT_OF_RANGE dtRegistro %s: readings before %s UTC have expired',
                      left(c.instant::text, 40), expired."dtAnunciado"::date)
        when num_nonnulls(c.lat, c.long) = 1
          then 'INVALID_COORDINATES latitude and longitude must both be present or both be absent'
        when num_nonnulls(v.lat, v.long) <> num_nonnulls(c.lat, c.long) and z.is_without_fix is not true
          then 'INVALID_COORDINATES latitude must be a number from -90 to 90, longitude from -180 to 180'
        when c.accuracy is not null and v.accuracy is null
          then 'INVALID_VALUE nrPrecisao must be 0 to 100000000 metres'
        when c.battery is not null and g.volts is null
          then format('INVALID_VALUE nrBat %s %s is not 0 to 60 V; cdUnidadeBat of the device says what it '
                      'sends: V, mV or %%', left(c.battery::text, 40), d."cdUnidadeBat")
        when c.seq is not null and v.seq is null
          then 'INVALID_VALUE nrSeq is not a whole number of at most 2^53 in size'
        else l."dsErro"
      end) as message
    offset 0
  ) fault
$$;
comment on function private.read_elements is
  'The elements of a batch, typed and checked; an error becomes a verdict.';
revoke all on function private.read_elements from public;
