-- A batch as elements: typed, checked, with owner, geofence and receipt time. What is wrong becomes a verdict, in this
-- order: shape, device, time, coordinates, values, readings. Inlined, hence no SET clause and full names.
create function private.ler_elementos(p_readings jsonb, p_clientes integer[], p_agora timestamp)
returns setof private.elemento
language sql stable as $$
  select (o.n - 1)::integer, d."cdDispositivo", d."cdCliente", v.instante, v.seq, v.bat, v.lat, v.long, d."cdDestinatario",
             private.dentro_da_cerca(t."geoCerca", t."nrRaio", g.distancia, v.long, v.lat), g.distancia::real,
             case when erro.texto is null and p.bl then nextval('public."TbPosicao_cdPosicao_seq"') end, p.bl,
             l."leituras", cardinality(l."leituras"), 0, l."blItens", c.instante is null,
             case when erro.texto is null then 'stored' else 'rejected' end,
         substring(erro.texto from '^\S+'), substring(erro.texto from '^\S+ (.*)$')
  from jsonb_array_elements(p_readings) with ordinality as o(e, n)
  cross join private."TbConfiguracao" conf
  cross join lateral (
    select nullif(o.e -> 'cdCliente', 'null') as cliente, nullif(o.e -> 'cdDispositivo', 'null') as dispositivo,
           nullif(o.e -> 'dtRegistro', 'null') as instante, nullif(o.e -> 'nrBat', 'null') as bat,
           nullif(o.e -> 'nrSeq', 'null') as seq, nullif(o.e -> 'latitude', 'null') as lat,
           nullif(o.e -> 'longitude', 'null') as long, nullif(o.e -> 'sensores', 'null') as sensores
    offset 0 -- each field is taken out once
  ) c
  cross join lateral (
    select private.ler_real(c.bat) as bat, private.ler_inteiro(c.seq) as seq,
           case when c.lat >= '-90' and c.lat <= '90' then round(c.lat::numeric, 5)::double precision end as lat,
           case when c.long >= '-180' and c.long <= '180' then round(c.long::numeric, 5)::double precision end as long,
           -- readings without time that meet in one batch are a microsecond apart, so that none is lost
           case when c.instante is null then p_agora + o.n * interval '1 microsecond'
                when jsonb_typeof(c.instante) = 'string' then private.ler_instante(c.instante #>> '{}') end as instante
    offset 0
  ) v
  cross join lateral (select num_nonnulls(c.lat, c.long, c.bat, c.seq) > 0 as bl) p
  left join public."TbDispositivo" d on d."cdDispositivo" = private.ler_inteiro(c.dispositivo)
  left join public."TbCliente" dono on dono."cdCliente" = d."cdCliente"
  left join private."TbRetencaoPiso" expirado on expirado."cdCliente" = d."cdCliente"
  left join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
  left join public."TbEndereco" a on a."cdEndereco" = t."cdEndereco"
  cross join lateral private.ler_leituras(d."cdDispositivo", d."cdCliente", c.sensores) l
  cross join lateral (
    select case when num_nonnulls(v.lat, v.long, a."geoPonto") = 3 then extensions.st_distance(
             a."geoPonto", extensions.st_setsrid(extensions.st_makepoint(v.long, v.lat), 4326)::extensions.geography
           ) end as distancia
    offset 0
  ) g
  cross join lateral (
    select coalesce(
      private.erro_da_forma(o.e, conf."nrBytesElemento"),
      case
        when c.bat is not null and v.bat is null and not private.eh_infinito(c.bat)
          then 'MALFORMED nrBat must be a number'
        when c.seq is not null and v.seq is null and not private.eh_numero_inteiro(c.seq)
          then 'MALFORMED nrSeq must be a whole number'
        when c.cliente is not null and not private.eh_numero_inteiro(c.cliente)
          then 'MALFORMED cdCliente must be a whole number'
        when d."cdDispositivo" is null then format('UNKNOWN_DEVICE Device %s is not known', left(trunc(c.dispositivo::numeric)::text, 40))
        -- the same words, whether it does not exist, has no client or is another's
        when d."cdCliente" is null then format('UNKNOWN_DEVICE Device %s is not known', d."cdDispositivo")
        when not d."cdCliente" = any (p_clientes)
          or not (c.cliente is null or coalesce(private.ler_inteiro(c.cliente) in (d."cdCliente", dono."cdClientePai"), false))
          then format('FORBIDDEN_DEVICE Device %s is not known', d."cdDispositivo")
        when v.instante is null
          then format('INVALID_TIMESTAMP dtRegistro %s is no ISO 8601 instant', left(c.instante::text, 40))
        when v.instante < date_trunc('month', p_agora) - make_interval(months => conf."nrMesesAtras")
          or v.instante > p_agora + make_interval(mins => conf."nrMinutosAdiante") + o.n * interval '1 microsecond'
          then format('TIMESTAMP_OUT_OF_RANGE dtRegistro %s is not between %s and %s UTC', left(c.instante::text, 40),
                      (date_trunc('month', p_agora) - make_interval(months => conf."nrMesesAtras"))::date,
                      date_trunc('second', p_agora + make_interval(mins => conf."nrMinutosAdiante")))
        when v.instante < expirado."dtAnunciado"
          then format('TIMESTAMP_OUT_OF_RANGE dtRegistro %s: readings before %s UTC have expired', left(c.instante::text, 40),
                      expirado."dtAnunciado"::date)
        when num_nonnulls(c.lat, c.long) = 1 then 'INVALID_COORDINATES latitude and longitude come together or not at all'
        when num_nonnulls(v.lat, v.long) <> num_nonnulls(c.lat, c.long)
          then 'INVALID_COORDINATES latitude must be a number from -90 to 90, longitude from -180 to 180'
        when c.bat is not null and v.bat is null then 'INVALID_VALUE nrBat is not a finite number'
        when c.seq is not null and v.seq is null then 'INVALID_VALUE nrSeq is not a 32-bit whole number'
        else l."dsErro"
      end) as texto
    offset 0
  ) erro
$$;
comment on function private.ler_elementos(jsonb, integer[], timestamp) is
  'The elements of a batch, typed and checked; a fault becomes a verdict.';
revoke all on function private.ler_elementos(jsonb, integer[], timestamp) from public;
