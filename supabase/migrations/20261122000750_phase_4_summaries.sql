-- Phase 4, aggregations: what the sensors of devices add up to, computed in the database instead of by the application.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/75_summaries/functions
-- What the sensors of devices add up to, a row for each visible device: sums of doors, people and each
-- category of a camera, mean temperature, mean item count (weight by the item's unit weight, distance by its
-- height, without tare, rounded); 0 where there is no value. And the types of the sensors that are on the
-- device now.
-- Who may call it: every API role; row-level security decides which devices and values.
create function private.aggregate_devices(p_devices integer[], p_since timestamp, p_until timestamp)
returns table (
  "cdDispositivo" integer, "nrPorta" double precision, "nrTemp" double precision,
  "nrPessoas" double precision, "nrItens" numeric,
  "nrMasculino" double precision, "nrFeminino" double precision,
  "nrCrianca" double precision, "nrJovem" double precision, "nrAdulto" double precision,
  "nrSenior" double precision, "nrAlegre" double precision, "nrConcentrado" double precision,
  "nrNeutro" double precision, "tiposSensores" bigint[])
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  v_types bigint[] := private.sensor_types(
    '{distancia,porta,peso,temperatura,pessoas,
      masculino,feminino,crianca,jovem,adulto,senior,alegre,concentrado,neutro}');
begin
  return query
    select
      d."cdDispositivo",
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('porta')), 0)),
      private.finite(coalesce(
        private.ratio(sum(s.total) filter (where s.type = private.sensor_type('temperatura')),
                      sum(s.quantity) filter (where s.type = private.sensor_type('temperatura'))), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('pessoas')), 0)),
      case when sum(s.quantity) filter (where i.divisor is not null) > 0
        then round(private.finite(private.ratio(
          sum(private.ratio(s.total, i.divisor)),
          sum(s.quantity) filter (where i.divisor is not null)))::numeric)
        else 0 end,
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('masculino')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('feminino')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('crianca')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('jovem')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('adulto')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('senior')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('alegre')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('concentrado')), 0)),
      private.finite(coalesce(sum(s.total) filter (where s.type = private.sensor_type('neutro')), 0)),
      array(select distinct t."cdTipoSensor" from public."TbSensor" t
            where t."cdDispositivo" = d."cdDispositivo" order by 1)
    from public."TbDispositivo" d
    left join (
      select "cdDispositivo", "cdTipoSensor" as type, "cdProdutoItem", "nrSoma" as total, "nrQtd" as quantity
      from private.sum_devices(60, p_devices, v_types, p_since, p_until, 'total', 'UTC')
    ) s on s."cdDispositivo" = d."cdDispositivo"
    left join lateral (
      select private.divisor(case s.type
               when private.sensor_type('peso') then i."nrPesoUnit"
               when private.sensor_type('distancia') then i."nrAlt"
             end) as divisor
      from public."TbProdutoItem" i where i."cdProdutoItem" = s."cdProdutoItem"
    ) i on true
    where d."cdDispositivo" = any (p_devices)
    group by d."cdDispositivo";
end
$$;
comment on function private.aggregate_devices is 'What the sensors of devices add up to.';
revoke all on function private.aggregate_devices from public;
grant execute on function private.aggregate_devices to authenticated, service_role;
-- The axes of charts: hourly, daily, by_day_of_week. Without SET clause, to be inlined.
-- Who may call it: every API role, as the summaries run as their caller.
create function private.axis_label(p_type text, p_local timestamp) returns text
language sql stable parallel safe as $$
  select case p_type
    when 'hourly' then to_char(p_local, 'HH24')
    when 'daily' then to_char(p_local, 'YYYY-MM-DD')
    else (array['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'])[
      extract(dow from p_local)::integer + 1]
  end
$$;
comment on function private.axis_label is 'The label of a local time on the axis of a chart.';
revoke all on function private.axis_label from public;
grant execute on function private.axis_label to authenticated, service_role;
-- All labels of an axis, in order; of days only those that have data.
-- Who may call it: every API role, as the summaries run as their caller.
create function private.axis_labels(p_type text, p_days text[]) returns text[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case p_type
    when 'hourly' then array(select lpad(h::text, 2, '0') from generate_series(0, 23) h)
    when 'daily' then array(select distinct d from unnest(p_days) d order by d)
    else array['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
  end
$$;
comment on function private.axis_labels is 'The labels of the axis of a chart, in order.';
revoke all on function private.axis_labels from public;
grant execute on function private.axis_labels to authenticated, service_role;
-- Rows of public.get_somas_diarias: counts and sums of devices by type of sensor, one for each of p_days.
-- Who may call it: every API role; row-level security decides which devices and values.
-- Raises PT400 RANGE_TOO_WIDE (private.require_few_hours).
create function private.daily_sums(p_devices integer[], p_types bigint[], p_since timestamp,
  p_until timestamp, p_zone text, p_days date[]) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if cardinality(p_days) = 0 then
    return json '[]';
  end if;
  return (
    with part as materialized (
      select s."cdDispositivo" as device, s."cdTipoSensor" as type,
             (s."dtBucket" at time zone 'UTC' at time zone p_zone)::date - p_days[1] + 1 as n,
             sum(s."nrQtd")::bigint as quantity, sum(s."nrSoma") as total
      from private.sum_devices(
        private.zone_bucket_minutes(p_since, p_until, p_zone), p_devices, p_types, p_since, p_until,
        'daily', p_zone) s
      group by 1, 2, 3
    ), target as (
      select distinct s."cdDispositivo" as device, s."cdTipoSensor" as type
      from private.sensors_of_devices(p_devices, p_types) s
    ), entry as (
      select t.device, t.type,
             json_agg(coalesce(p.quantity, 0) order by d.n) as quantities,
             json_agg(private.finite(coalesce(p.total, 0)) order by d.n) as totals
      from target t cross join generate_series(1, cardinality(p_days)) d(n)
      left join part p on p.device = t.device and p.type = t.type and p.n = d.n
      group by 1, 2
    )
    select coalesce(json_agg(json_build_object(
             'cdDispositivo', e.device, 'cdTipoSensor', e.type, 'nrQtd', e.quantities, 'nrSoma', e.totals)
             order by e.device, e.type), '[]')
    from entry e);
end
$$;
comment on function private.daily_sums is 'Counts and sums of devices by type of sensor and day.';
revoke all on function private.daily_sums from public;
grant execute on function private.daily_sums to authenticated, service_role;
-- p_devices, p_client   null: all
-- Who may call it: every API role; row-level security decides which devices.
create function private.devices_of_product(p_product integer, p_devices integer[], p_client integer)
returns integer[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return array(
    select d."cdDispositivo" from public."TbDispositivo" d
    where d."cdProduto" = p_product and (p_client is null or d."cdCliente" = p_client)
      and (p_devices is null or d."cdDispositivo" = any (p_devices))
    order by 1);
end
$$;
comment on function private.devices_of_product is 'Visible devices of a product.';
revoke all on function private.devices_of_product from public;
grant execute on function private.devices_of_product to authenticated, service_role;
-- Whether something that sums of devices need has expired: the hours themselves, or, where the range begins
-- or ends within an hour or is summed up by five minutes, what is finer. Hours are asked by device at once;
-- the rest by sensor (private.has_expired), where values have expired at all.
-- Part of private.sums_are_complete.
-- p_minutes   width of the buckets that are summed up, 5 or 60
-- Security definer: no API role may read TbRetencaoPiso; only visible clients are looked at.
-- Who may call it: every API role.
create function private.have_sums_expired(p_minutes integer, p_devices integer[], p_types bigint[],
  p_since timestamp, p_until timestamp) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visible_clients integer[];
begin
  if not exists (select from private."TbRetencaoPiso" f where f."dtBruto" > p_since) then
    return false;
  end if;
  v_visible_clients := private.visible_clients();
  return exists (
      select from unnest(p_devices) d
      join public."TbDispositivoVinculo" v on v."cdDispositivo" = d
      cross join lateral ( -- the lowest floor counts, see private.expiring_sensors
        select min(f."dt1h") as "dt1h" from private."TbRetencaoPiso" f
        where f."cdCliente" = v."cdCliente" and f."cdDispositivo" in (0, d)
      ) f
      where v."cdCliente" = any (v_visible_clients) and f."dt1h" > p_since
    ) or (
      p_minutes < 60 or p_since <> date_trunc('hour', p_since) or p_until <> date_trunc('hour', p_until)
    ) and exists (
      select from private.sensors_of_devices(p_devices, p_types) s
      where private.has_expired(p_minutes, s."cdSensor", greatest(p_since, '1970-01-01'),
        least(p_until, '10000-01-01')));
end
$$;
comment on function private.have_sums_expired is 'Whether something that sums of devices need has expired.';
revoke all on function private.have_sums_expired from public;
grant execute on function private.have_sums_expired to authenticated, service_role;
-- Whether this is the name of a time zone in the IANA database. PostgreSQL takes abbreviations and POSIX
-- texts as well, in which -03:00 and UTC-3 lie east of Greenwich, and whatever ends in a number, such as
-- America/Sao_Paulo-3. A name of letters with a slash can only be a name; others are looked for in the list,
-- which takes 20 ms.
-- Who may call it: every API role, as functions that return charts run as their caller.
create function private.is_zone_name(p_zone text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if p_zone in ('UTC', 'America/Sao_Paulo') then
    return true;
  elsif p_zone !~ '^[A-Za-z][A-Za-z0-9_+/-]{0,63}$' or p_zone ~* '^(posix|right)/' then
    return false;
  elsif p_zone ~ '^[A-Za-z]+(/[A-Za-z_]+){1,2}$' then
    perform now() at time zone p_zone;
    return true;
  end if;
  return exists (
    select from pg_catalog.pg_timezone_names n
    where lower(n.name) = lower(p_zone) and lower(n.name) not in ('localtime', 'posixrules', 'factory'));
exception
  when invalid_parameter_value then
    return false;
end
$$;
comment on function private.is_zone_name is 'Whether a text is the name of a time zone in the IANA database.';
revoke all on function private.is_zone_name from public;
grant execute on function private.is_zone_name to authenticated, service_role;
-- Only numeric values count that are not faults, as only they are summed up.
-- Who may call it: every API role; row-level security decides which values.
create function private.last_value_time(p_devices integer[], p_types bigint[], p_since timestamp,
  p_until timestamp) returns timestamp
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_seqscan = off
set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_packed timestamp := private.packed_before();
begin
  return (
    select max(u."dtRegistro")
    from private.sensors_of_devices(p_devices, p_types) s
    cross join lateral ( -- packs are looked at for sensors only that have nothing newer
      (select r."dtRegistro" from private.value_rows() r
       where r."cdSensor" = s."cdSensor" and r."dtRegistro" >= greatest(p_since, v_packed)
         and r."dtRegistro" < p_until and r."cdDispositivo" = s."cdDispositivo" and r."nrValor" is not null
         and r."nrQualidade" < 2
       order by r."dtRegistro" desc limit 1)
      union all
      select r."dtRegistro" from private.newest_value(
        s."cdSensor", p_since, least(p_until, v_packed), s."cdDispositivo", null, true) r
      limit 1
    ) u);
end
$$;
comment on function private.last_value_time is
  'Time of the newest numeric value of devices, of sensors of some types.';
revoke all on function private.last_value_time from public;
grant execute on function private.last_value_time to authenticated, service_role;
-- The days of a time zone that a range touches, its end excluded; at most a year of them.
-- p_devices   how many devices are summed up for each of them
-- Part of public.get_somas_diarias. Who may call it: every API role.
-- Raises PT400 INVALID_PARAMETER, RANGE_TOO_WIDE.
create function private.local_days(p_start timestamptz, p_end timestamptz, p_zone text, p_devices integer)
returns date[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_days integer;
  v_error text := case
    when not coalesce(isfinite(p_start) and isfinite(p_end), false)
      then 'from and to are required and must be finite'
    when p_end < p_start then 'to must not be before from'
    when p_zone is null then 'fuso is required'
    when not private.is_zone_name(p_zone)
      then 'fuso must be the IANA name of a time zone, such as America/Sao_Paulo, not an offset'
  end;
begin
  if v_error is not null then
    raise sqlstate 'PT400' using message = v_error, hint = 'INVALID_PARAMETER';
  elsif p_start = p_end then
    return array[]::date[];
  end if;
  v_days := ((p_end - interval '1 microsecond') at time zone p_zone)::date
            - (p_start at time zone p_zone)::date + 1;
  if v_days > 366 or v_days * p_devices > 36600 then
    raise sqlstate 'PT400' using hint = 'RANGE_TOO_WIDE', message = format(
      'The range has %s days; at most 366 are summed up at once, and at most 36600 divided by pageSize (%s). '
      'Narrow the range, or ask for smaller pages.', v_days, p_devices);
  end if;
  return array(
    select (p_start at time zone p_zone)::date + n from generate_series(0, v_days - 1) n order by n);
end
$$;
comment on function private.local_days is 'The days of a time zone in a range.';
revoke all on function private.local_days from public;
grant execute on function private.local_days to authenticated, service_role;
-- Where the hours of a time zone are not hours of UTC, no rollup by hours or days helps, and summing up takes
-- time by the number of values. With a bound on what is left beside whole days, it ends within its time.
-- p_minutes   width of the buckets: the bound is for those finer than an hour
-- Part of private.sum_devices. Who may call it: every API role. Raises PT400 RANGE_TOO_WIDE.
create function private.require_few_hours(p_minutes integer, p_sensors integer, p_since timestamp,
  p_until timestamp, p_zone text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_watermark record := private.rollup_watermark();
  v_since timestamp := greatest(p_since, v_watermark.floor);
  v_until timestamp := least(p_until, now() at time zone 'UTC');
  v_time interval;
begin
  if p_minutes >= 60 or not v_since < v_until or not isfinite(v_since) then
    return;
  end if;
  select v_until - v_since - coalesce(sum(d.until - d.since), '0') into v_time
  from private.whole_days(p_since, p_until, p_zone) d;
  if extract(epoch from v_time) / 3600 * p_sensors > 75000 then
    raise sqlstate 'PT400' using hint = 'RANGE_TOO_WIDE', message = format(
      'The hours of the time zone %s are not hours of UTC; in such a zone at most 75,000 hours of sensors '
      'can be summed up at once. Ask for fewer devices, less time, or another zone.', p_zone);
  end if;
end
$$;
comment on function private.require_few_hours is
  'Raises PT400 when too many hours would have to be summed up from single values.';
revoke all on function private.require_few_hours from public;
grant execute on function private.require_few_hours to authenticated, service_role;
-- p_type, p_types   the axis of the chart, and the axes that are allowed
-- Who may call it: every API role. Raises PT400 INVALID_PARAMETER.
create function private.require_summary_arguments(p_product integer, p_start timestamptz, p_end timestamptz,
  p_type text, p_types text[], p_zone text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_error text := case
    when p_product is null then 'product is required'
    when not coalesce(isfinite(p_start) and isfinite(p_end), false)
      then 'from and to are required and must be finite'
    when p_end < p_start then 'to must not be before from'
    when not coalesce(p_type = any (p_types), false)
      then format('aggregation must be one of %s', array_to_string(p_types, ', '))
    when p_zone is null then 'fuso is required'
    when not private.is_zone_name(p_zone)
      then 'fuso must be the IANA name of a time zone, such as America/Sao_Paulo, not an offset'
  end;
begin
  if v_error is not null then
    raise sqlstate 'PT400' using message = v_error, hint = 'INVALID_PARAMETER';
  end if;
end
$$;
comment on function private.require_summary_arguments is 'Raises PT400 for invalid arguments of a summary.';
revoke all on function private.require_summary_arguments from public;
grant execute on function private.require_summary_arguments to authenticated, service_role;
-- Sensors of some types that were ever on these devices.
-- The type of a sensor that has left the device is that of its history (private.history_sensors).
-- is_exclusive   the sensor was never on another device, so that its rollups are those of the device
-- Security definer: which devices a sensor was on must not depend on the caller; only devices of visible
-- clients are looked at.
-- Who may call it: every API role.
create function private.sensors_of_devices(p_devices integer[], p_types bigint[])
returns table ("cdDispositivo" integer, "cdSensor" integer, "cdTipoSensor" bigint, is_exclusive boolean)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
  v_visible_clients integer[] := private.visible_clients();
begin
  return query
    select distinct v."cdDispositivo", v."cdSensor", t.type,
           not exists (
             select from public."TbSensorVinculo" o
             where o."cdSensor" = v."cdSensor" and o."cdDispositivo" <> v."cdDispositivo")
    from public."TbDispositivo" d
    join public."TbSensorVinculo" v on v."cdDispositivo" = d."cdDispositivo"
    join public."TbSensor" s on s."cdSensor" = v."cdSensor"
    cross join lateral (
      select case when s."cdDispositivo" = v."cdDispositivo" then s."cdTipoSensor" else (
        select h."cdTipoSensor" from private.history_sensors(array[v."cdDispositivo"]) h
        where h."cdSensor" = v."cdSensor") end as type
    ) t
    where d."cdDispositivo" = any (p_devices) and d."cdCliente" = any (v_visible_clients)
      and t.type = any (p_types);
end
$$;
comment on function private.sensors_of_devices is
  'Sensors of some types that were ever on these devices, and whether on no other device.';
revoke all on function private.sensors_of_devices from public;
grant execute on function private.sensors_of_devices to authenticated, service_role;
-- Counts and sums of a time range, exact at any moment (private.plan_reading). Part of private.sum_devices.
-- p_by_bucket   a row for each bucket; otherwise one for each sensor and product item
-- Who may call it: every API role; row-level security decides which rows.
create function private.sum_buckets(p_minutes integer, p_sensors integer[], p_since timestamp,
  p_until timestamp, p_by_bucket boolean)
returns table (sensor integer, item integer, bucket timestamp, quantity bigint, value_sum double precision)
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off set work_mem = '16MB'
set plan_cache_mode = force_generic_plan as $$
declare
  v_plan private.reading_plan := private.plan_reading(p_minutes, p_sensors, p_since, p_until);
begin
  return query
    select b."cdSensor", b."cdProdutoItem", case when p_by_bucket then b."dtBucket" end,
           sum(b."nrQtd"), sum(b."nrSoma")
    from private.buckets(p_minutes, p_sensors, v_plan) b
    group by 1, 2, 3;
end
$$;
comment on function private.sum_buckets is
  'Counts and sums of sensors, by rollups of an hour or five minutes.';
revoke all on function private.sum_buckets from public;
grant execute on function private.sum_buckets to authenticated, service_role;
-- What the sensors of devices add up to. Sensors that were only ever on one device are answered by rollups:
-- whole days by those of days (private.sum_whole_days), the rest of the range, and days with dirty hours, by
-- finer ones (private.sum_buckets). Values of other sensors are summed up one by one, for the device they
-- came from.
-- p_minutes          width of the finer buckets, 5 or 60
-- p_since, p_until   the end is excluded
-- p_axis             total, or the axis of a chart: hourly, daily, by_day_of_week
-- p_zone             time zone of the axis
-- There may be several rows for the same key; they add up. Only totals have the product item.
-- Who may call it: every API role; row-level security decides which rows.
-- Raises PT400 RANGE_TOO_WIDE (private.require_few_hours).
create function private.sum_devices(p_minutes integer, p_devices integer[], p_types bigint[],
  p_since timestamp, p_until timestamp, p_axis text, p_zone text)
returns table ("cdDispositivo" integer, "cdTipoSensor" bigint, "cdProdutoItem" integer, "dtBucket" timestamp,
               "nrQtd" bigint, "nrSoma" double precision)
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_mergejoin = off
set enable_seqscan = off set enable_bitmapscan = off set work_mem = '16MB'
set plan_cache_mode = force_generic_plan as $$
declare
  v_devices integer[];
  v_sensors integer[];
  v_types bigint[];
  v_is_exclusive boolean[];
  v_exclusive integer[];
  v_dirty private.data_range[]; -- days
  v_watermark record := private.rollup_watermark();
begin
  select array_agg(s."cdDispositivo"), array_agg(s."cdSensor"), array_agg(s."cdTipoSensor"),
         array_agg(s.is_exclusive), coalesce(array_agg(s."cdSensor") filter (where s.is_exclusive), '{}')
  into v_devices, v_sensors, v_types, v_is_exclusive, v_exclusive
  from private.sensors_of_devices(p_devices, p_types) s;
  v_dirty := array(
    select distinct private.make_data_range(p_code => f.code, p_client => null,
      p_since => date_trunc('day', f.since), p_until => date_trunc('day', f.since) + interval '1 day')
    from unnest(private.dirty_hours_of(
      v_exclusive, p_since, date_trunc('day', least(p_until, v_watermark.watermark)))) f);
  perform private.require_few_hours(p_minutes, cardinality(v_exclusive), p_since, p_until, p_zone);
  return query
    with whole_days as materialized (
      select * from private.whole_days(p_since, p_until, p_zone)
    ), gap as (
      select coalesce(lag(d.until) over (order by d.since), p_since) as since, d.since as until
      from whole_days d
      union all
      select coalesce(max(d.until), p_since), p_until from whole_days d
    ), part as (
      select null::integer as device, s.* from whole_days d
      cross join lateral private.sum_whole_days(
        v_exclusive, v_dirty, d.since, d.until, p_axis, d.utc_offset) s
      union all
      select null, s.* from gap l
      cross join lateral private.sum_buckets(p_minutes, v_exclusive, l.since, l.until, p_axis <> 'total') s
      where l.since < l.until
      union all
      select null, s.*
      from (
        select f.since, f.until, array_agg(f.code) as sensors
        from unnest(v_dirty) f join whole_days d on f.since >= d.since and f.since < d.until
        group by 1, 2
      ) f
      cross join lateral private.sum_buckets(p_minutes, f.sensors, f.since, f.until, p_axis <> 'total') s
      union all
      select r."cdDispositivo", r."cdSensor", r."cdProdutoItem",
             case when p_axis <> 'total'
                  then date_bin(make_interval(mins => p_minutes), r."dtRegistro", timestamp '2000-01-01') end,
             count(*), sum(private.summable(r."nrValor"))
      from unnest(v_sensors, v_devices, v_is_exclusive) as s(sensor, device, is_exclusive)
      join lateral private.values_between(s.sensor, p_since, p_until) r on r."cdDispositivo" = s.device
      where not s.is_exclusive and r."nrValor" is not null and r."nrQualidade" < 2
      group by 1, 2, 3, 4
    )
    select s.device, s.sensor_type, p.item, p.bucket, p.quantity, p.value_sum
    from part p
    join private.unnest_sensors(v_sensors, v_devices, v_types) s
      on s.sensor = p.sensor and s.device = coalesce(p.device, s.device);
end
$$;
comment on function private.sum_devices is
  'Counts and sums of devices by sensor type and product item or bucket, exact at any moment.';
revoke all on function private.sum_devices from public;
grant execute on function private.sum_devices to authenticated, service_role;
-- How a day in a time zone is summed up. TbSensorRegistro1d has the 24 hours of a day of UTC side by side;
-- the midnight of the zone cuts it in two, and each part belongs to another local day. So zones of whole
-- hours are summed up from rollups by day; private.whole_days leaves out the days for which that is wrong.
-- p_since, p_until   starts of days of UTC, the end is excluded
-- p_dirty            days of sensors that are left out, by code and since; no other may have dirty hours
-- p_axis             total, hourly, daily, by_day_of_week
-- p_utc_offset       hours that the zone is ahead of UTC
-- bucket             a time that lies in the bucket of the axis, null for total; of a local day it is noon,
--                    which no change of clocks moves out of the day
-- The planner chooses how to read the days, whatever the caller has set: those of many sensors lie next to
-- each other.
-- Part of private.sum_devices. Who may call it: every API role; row-level security decides which rows.
create function private.sum_whole_days(p_sensors integer[], p_dirty private.data_range[], p_since timestamp,
  p_until timestamp, p_axis text, p_utc_offset integer)
returns table (sensor integer, item integer, bucket timestamp, quantity bigint, value_sum double precision)
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_seqscan = on
set enable_bitmapscan = on set work_mem = '16MB' as $$
declare
  v_cut integer := (24 - p_utc_offset) % 24;
  v_days text := $s$
        from private.stored_days() b
        where b."cdSensor" = any ($1) and b."dtBucket" >= $2 and b."dtBucket" < $3
          and (b."cdSensor", b."dtBucket") not in (select f.code, f.since from unnest($4) f)$s$;
begin
  return query execute case p_axis
    when 'total' then format($s$
      select b."cdSensor", b."cdProdutoItem", null::timestamp, sum(b."nrQtd"), sum(b."nrSoma")
      %s
      group by 1, 2
    $s$, v_days)
    when 'hourly' then format($s$
      select d.sensor, null::integer, $2 + (h.n - 1) * interval '1 hour', h.quantity, h.value_sum
      from (
        select b."cdSensor" as sensor, %s
        %s
        group by 1
      ) d
      cross join lateral unnest(array[%s], array[%s]) with ordinality as h(quantity, value_sum, n)
      where h.quantity > 0
    $s$, private.for_each_hour('sum(b."nrQtd##") as q##, sum(b."nrSoma##") as s##', 0, 24, ', '), v_days,
         private.for_each_hour('d.q##', 0, 24, ', '), private.for_each_hour('d.s##', 0, 24, ', '))
    else format($s$
      select m.sensor, null::integer, %s, sum(m.quantity), sum(m.value_sum)
      from (
        select b."cdSensor" as sensor, b."dtBucket" + interval '%s hours' as noon,
               %s as quantity, %s as value_sum
        %s
        union all
        select b."cdSensor", b."dtBucket" + interval '%s hours', %s, %s
        %s
      ) m
      where m.quantity > 0
      group by 1, 3
    $s$, case p_axis when 'daily' then 'm.noon' else '$2 + (m.noon - date_bin(''7 days'', m.noon, $2))' end,
         v_cut - 12, coalesce(private.for_each_hour('b."nrQtd##"', 0, v_cut, ' + '), '0'),
         coalesce(private.for_each_hour('b."nrSoma##"', 0, v_cut, ' + '), '0'), v_days,
         v_cut + 12, private.for_each_hour('b."nrQtd##"', v_cut, 24, ' + '),
         private.for_each_hour('b."nrSoma##"', v_cut, 24, ' + '), v_days)
  end using p_sensors, p_since, p_until, p_dirty;
end
$$;
comment on function private.sum_whole_days is
  'Counts and sums of sensors in whole days of a time zone, from rollups by day.';
revoke all on function private.sum_whole_days from public;
grant execute on function private.sum_whole_days to authenticated, service_role;
-- A chart of one type of sensor: {labels, datasets: [{cdDispositivo, data}], overall, total, record_count,
-- last_read, complete (private.sums_are_complete)}. Means are weighted by values and null where there is
-- none; sums are 0. Part of private.summarize_product.
-- Who may call it: every API role; row-level security decides which values.
create function private.summarize(p_devices integer[], p_sensor_type bigint, p_start timestamptz,
  p_end timestamptz, p_type text, p_zone text, p_mean boolean) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := p_start at time zone 'UTC';
  v_until timestamp := least(p_end at time zone 'UTC', '10000-01-01') + interval '1 microsecond';
  v_minutes integer := private.zone_bucket_minutes(v_since, v_until, p_zone);
begin
  return (
    with value_sum as materialized (
      select * from private.sum_devices(
        v_minutes, p_devices, array[p_sensor_type], v_since, v_until, p_type, p_zone)
    ), bucket as materialized (
      select b.bucket, private.axis_label(p_type, b.bucket at time zone 'UTC' at time zone p_zone) as label
      from (select distinct s."dtBucket" as bucket from value_sum s) b
    ), axis as materialized (
      select r.label, r.n
      from unnest(private.axis_labels(p_type, array(select b.label from bucket b)))
        with ordinality as r(label, n)
    ), place as materialized (
      select b.bucket, e.n from bucket b join axis e on e.label = b.label
    ), part as materialized (
      select s."cdDispositivo" as device, l.n,
             sum(s."nrQtd")::bigint as quantity, sum(s."nrSoma") as value_sum
      from value_sum s join place l on l.bucket = s."dtBucket"
      group by 1, 2
    ), overall as (
      select e.n, case when p_mean then private.ratio(sum(p.value_sum), sum(p.quantity))
                       else coalesce(sum(p.value_sum), 0) end as value
      from axis e left join part p on p.n = e.n
      group by e.n
    ), dataset as (
      select d.device,
             coalesce(json_agg(private.finite(case when p_mean then private.ratio(p.value_sum, p.quantity)
                                                   else coalesce(p.value_sum, 0) end)
                               order by e.n) filter (where e.n is not null), '[]') as data
      from unnest(p_devices) as d(device) left join axis e on true
      left join part p on p.n = e.n and p.device = d.device
      group by d.device
    )
    select json_build_object(
      'labels', (select coalesce(json_agg(e.label order by e.n), '[]') from axis e),
      'datasets', (
        select coalesce(json_agg(json_build_object('cdDispositivo', c.device, 'data', c.data)
                                 order by c.device), '[]')
        from dataset c),
      'overall', (select coalesce(json_agg(private.finite(g.value) order by g.n), '[]') from overall g),
      'total', (select private.finite(case when p_mean then private.ratio(sum(p.value_sum), sum(p.quantity))
                                           else coalesce(sum(p.value_sum), 0) end) from part p),
      'record_count', (select coalesce(sum(p.quantity), 0) from part p),
      'last_read', private.last_value_time(p_devices, array[p_sensor_type], v_since, v_until),
      'complete', private.sums_are_complete(
        v_minutes, p_devices, array[p_sensor_type], v_since, v_until)));
end
$$;
comment on function private.summarize is
  'A chart of what sensors of one type measured: by device and over all.';
revoke all on function private.summarize from public;
grant execute on function private.summarize to authenticated, service_role;
-- The body of the three charts of a product (get_temperatura_aggregation, get_abertura_porta_aggregation,
-- get_movimento_pessoas_aggregation), which differ in the sensor type, the axes they allow and whether they
-- show means.
-- p_axes              allowed values of p_axis: hourly, daily, by_day_of_week
-- p_mean              means weighted by values, null where there is none; otherwise sums
-- p_start, p_end      both ends included
-- p_devices, p_client   null: all devices of the product;  p_zone   time zone of the axis
-- {labels, datasets: [{cdDispositivo, data}], overall, total, record_count, last_read (UTC), complete}
-- Who may call it: callers with the permission read; row-level security decides which devices and values.
-- Raises PT400 INVALID_PARAMETER.
create function private.summarize_product(p_sensor_type bigint, p_axes text[], p_mean boolean,
  p_product integer, p_start timestamptz, p_end timestamptz, p_devices integer[], p_client integer,
  p_axis text, p_zone text) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_permission('read');
  perform private.require_few('cdDispositivos', p_devices);
  perform private.require_summary_arguments(p_product, p_start, p_end, p_axis, p_axes, p_zone);
  return private.summarize(
    private.devices_of_product(p_product, p_devices, p_client),
    p_sensor_type, p_start, p_end, p_axis, p_zone, p_mean);
end
$$;
comment on function private.summarize_product is
  'A chart of what the sensors of a product measured: by device and over all.';
revoke all on function private.summarize_product from public;
grant execute on function private.summarize_product to authenticated, service_role;
-- Whether sums of devices have all of a time range (end excluded): nothing of it has expired, and no packed
-- history of their sensors is damaged and left out. Sums of hours that were made before the damage are right
-- all the same; what cannot be verified any more is said, as for points.
-- p_minutes   width of the buckets that are summed up, 5 or 60
-- Who may call it: every API role; row-level security decides which chunks.
create function private.sums_are_complete(p_minutes integer, p_devices integer[], p_types bigint[],
  p_since timestamp, p_until timestamp) returns boolean
language sql stable set search_path = pg_catalog, pg_temp set enable_seqscan = off
begin atomic
  select not private.have_sums_expired(p_minutes, p_devices, p_types, p_since, p_until)
    and (
      not exists (select from series."TbSensorRegistroFrio" c where c."blDanificado")
        and not exists (select from series."TbRollupFrio" c where c."blDanificado") -- as a rule
      or not exists (
        select from private.sensors_of_devices(p_devices, p_types) s
        where private.is_damaged(s."cdSensor", p_since, p_until)));
end;
comment on function private.sums_are_complete is 'Whether sums of devices have all of a time range.';
revoke all on function private.sums_are_complete from public;
grant execute on function private.sums_are_complete to authenticated, service_role;
-- Deliberately not inlined: the planner assumes that an array has ten elements, and would go through all
-- sensors for each bucket of each of them. With this row estimate it uses a hash table.
-- Part of private.sum_devices. Who may call it: every API role.
create function private.unnest_sensors(p_sensors integer[], p_devices integer[], p_types bigint[])
returns table (sensor integer, device integer, sensor_type bigint)
language sql immutable rows 1000 set search_path = pg_catalog, pg_temp as $$
  select * from unnest(p_sensors, p_devices, p_types)
$$;
comment on function private.unnest_sensors is 'Sensors with their device and type as rows.';
revoke all on function private.unnest_sensors from public;
grant execute on function private.unnest_sensors to authenticated, service_role;
-- Days of UTC between floor and watermark, in ranges of one offset to UTC. Days in which the clocks of the
-- zone change, or in which its offset is not a whole number of hours, are left out. Part of
-- private.sum_devices.
-- Who may call it: every API role.
create function private.whole_days(p_since timestamp, p_until timestamp, p_zone text)
returns table (since timestamp, until timestamp, utc_offset integer)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_watermark record := private.rollup_watermark();
  v_since timestamp := private.next_day_start(
    least(greatest(p_since, v_watermark.floor), '10000-01-01'));
  v_until timestamp := date_trunc('day', least(p_until, v_watermark.watermark));
begin
  if not isfinite(v_watermark.watermark) or v_since >= v_until then
    return;
  end if;
  return query
    select min(i.day), max(i.day) + interval '1 day', (date_part('epoch', i.utc_offset) / 3600)::integer
    from (
      select d.day, d.utc_offset,
             d.day - interval '1 day' * row_number() over (partition by d.utc_offset order by d.day) as island
      from (
        select d as day, (d at time zone 'UTC' at time zone p_zone) - d as utc_offset,
               ((d + interval '1 day') at time zone 'UTC' at time zone p_zone) - (d + interval '1 day')
                 as next_offset
        from generate_series(v_since, v_until - interval '1 day', '1 day') d
      ) d
      where d.utc_offset = d.next_offset and date_part('minute', d.utc_offset) = 0
    ) i
    group by i.utc_offset, i.island
    order by 1;
end
$$;
comment on function private.whole_days is
  'Days that rollups by day can answer, with the offset of the zone in hours.';
revoke all on function private.whole_days from public;
grant execute on function private.whole_days to authenticated, service_role;
-- Hours of UTC are hours of the zone as well when all its offsets in the time range are whole hours; five
-- minutes always fit. Of more than ten years the days are not looked at one by one.
-- Who may call it: every API role, as the summaries run as their caller.
create function private.zone_bucket_minutes(p_since timestamp, p_until timestamp, p_zone text) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if p_until - p_since > interval '10 years' then
    return 5;
  end if;
  return (
    select case when bool_and(date_part('minute', (d at time zone 'UTC' at time zone p_zone) - d) = 0)
                then 60 else 5 end
    from (select generate_series(p_since, p_until, '1 day') as d union all select p_until) d);
end
$$;
comment on function private.zone_bucket_minutes is
  'Minutes of the widest buckets that lie in one hour of a time zone.';
revoke all on function private.zone_bucket_minutes from public;
grant execute on function private.zone_bucket_minutes to authenticated, service_role;
-- end

-- from sql/75_summaries/rpc
-- How often the doors of a product were opened: by hour of the day or by day of the week.
-- p_cd_produto            the product; of its devices those in p_cd_dispositivos and of p_cd_cliente, where
--                         given
-- p_dt_inicio, p_dt_fim   both ends included
-- p_aggregation_type      hourly, by_day_of_week
-- p_fuso                  time zone of the axis
-- {labels, datasets: [{cdDispositivo, data}], overall, total, record_count, last_read (UTC), complete}
-- Who: callers with the permission read; row-level security decides which devices and values.
-- Raises PT400 INVALID_PARAMETER. The body is private.summarize_product.
create function public.get_abertura_porta_aggregation(p_cd_produto integer, p_dt_inicio timestamptz,
  p_dt_fim timestamptz, p_cd_dispositivos integer[] default null, p_cd_cliente integer default null,
  p_aggregation_type text default 'hourly', p_fuso text default 'America/Sao_Paulo') returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return private.summarize_product(
    p_sensor_type => private.sensor_type('porta'), p_axes => '{hourly,by_day_of_week}', p_mean => false,
    p_product => p_cd_produto, p_start => p_dt_inicio, p_end => p_dt_fim, p_devices => p_cd_dispositivos,
    p_client => p_cd_cliente, p_axis => p_aggregation_type, p_zone => p_fuso);
end
$$;
comment on function public.get_abertura_porta_aggregation is
  'How often the doors of a product were opened, over time.';
revoke all on function public.get_abertura_porta_aggregation from public;
grant execute on function public.get_abertura_porta_aggregation to authenticated, service_role;
-- Who passed the cameras of a product, by hour of the day and category: masculino, feminino, crianca, jovem,
-- adulto, senior, alegre, concentrado, neutro.
-- p_cd_produto            the product; of its devices those in p_cd_dispositivos and of p_cd_cliente, where
--                         given
-- p_dt_inicio, p_dt_fim   both ends included
-- p_fuso                  time zone of the hours
-- {labels, overall: {category: [one per label]}, datasets: [{cdDispositivo, data: {category: total}}],
-- total: {category: total}, record_count, last_read (UTC), has_category_sensors,
-- complete}
-- Who: callers with the permission read; row-level security decides which devices and values.
-- Raises PT400 INVALID_PARAMETER.
create function public.get_camera_categorias_aggregation(p_cd_produto integer, p_dt_inicio timestamptz,
  p_dt_fim timestamptz, p_cd_dispositivos integer[] default null, p_cd_cliente integer default null,
  p_fuso text default 'America/Sao_Paulo') returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := p_dt_inicio at time zone 'UTC';
  v_until timestamp := least(p_dt_fim at time zone 'UTC', '10000-01-01') + interval '1 microsecond';
  v_names text[] := array[
    'masculino', 'feminino', 'crianca', 'jovem', 'adulto', 'senior', 'alegre', 'concentrado', 'neutro'];
  v_types bigint[] := private.sensor_types(v_names);
  v_devices integer[];
  v_minutes integer;
begin
  perform private.require_permission('read');
  perform private.require_few('cdDispositivos', p_cd_dispositivos);
  perform private.require_summary_arguments(
    p_cd_produto, p_dt_inicio, p_dt_fim, 'hourly', '{hourly}', p_fuso);
  v_devices := private.devices_of_product(p_cd_produto, p_cd_dispositivos, p_cd_cliente);
  v_minutes := private.zone_bucket_minutes(v_since, v_until, p_fuso);
  return (
    with value_sum as materialized (
      select * from private.sum_devices(
        v_minutes, v_devices, v_types, v_since, v_until, 'hourly', p_fuso)
    ), bucket as materialized (
      select b.bucket, private.axis_label('hourly', b.bucket at time zone 'UTC' at time zone p_fuso) as label
      from (select distinct s."dtBucket" as bucket from value_sum s) b
    ), part as materialized (
      select s."cdDispositivo" as device, s."cdTipoSensor" as sensor_type, b.label,
             sum(s."nrQtd") as quantity, sum(s."nrSoma") as value_sum
      from value_sum s join bucket b on b.bucket = s."dtBucket"
      group by 1, 2, 3
    ), category as (
      select c.sensor_type, c.name from unnest(v_types, v_names) as c(sensor_type, name)
    ), hour as (
      select c.name, json_agg(private.finite(coalesce(p.value_sum, 0)) order by e.label) as data,
             private.finite(sum(coalesce(p.value_sum, 0))) as total
      from category c cross join unnest(private.axis_labels('hourly', null)) as e(label)
      left join (select p.sensor_type, p.label, sum(p.value_sum) as value_sum from part p group by 1, 2) p
        on p.sensor_type = c.sensor_type and p.label = e.label
      group by c.name
    ), dataset as (
      select d.device,
             json_object_agg(c.name, private.finite(coalesce(p.value_sum, 0)) order by c.sensor_type) as data
      from unnest(v_devices) as d(device) cross join category c
      left join (select p.device, p.sensor_type, sum(p.value_sum) as value_sum from part p group by 1, 2) p
        on p.device = d.device and p.sensor_type = c.sensor_type
      group by d.device
    )
    select json_build_object(
      'labels', private.axis_labels('hourly', null),
      'overall', (select json_object_agg(h.name, h.data) from hour h),
      'datasets', (
        select coalesce(json_agg(json_build_object('cdDispositivo', c.device, 'data', c.data)
                                 order by c.device), '[]')
        from dataset c),
      'total', (select json_object_agg(h.name, h.total) from hour h),
      'record_count', (select coalesce(sum(p.quantity), 0) from part p),
      'last_read', private.last_value_time(v_devices, v_types, v_since, v_until),
      'has_category_sensors', exists (
        select from public."TbSensor" s
        where s."cdDispositivo" = any (v_devices) and s."cdTipoSensor" = any (v_types)),
      'complete', private.sums_are_complete(v_minutes, v_devices, v_types, v_since, v_until)));
end
$$;
comment on function public.get_camera_categorias_aggregation is
  'Whom the cameras of a product saw: sex, age and mood, by hour of the day.';
revoke all on function public.get_camera_categorias_aggregation from public;
grant execute on function public.get_camera_categorias_aggregation to authenticated, service_role;
-- What the sensors of devices add up to, a row for each visible device:
-- [{cdDispositivo, nrPorta, nrTemp, …, tiposSensores}]. See private.aggregate_devices.
-- p_dispositivos            devices
-- p_dt_inicio, p_dt_fim     both ends included; null: no limit
-- Who: callers with the permission read; row-level security decides which devices and values.
create function public.get_device_aggregations(p_dispositivos integer[], p_dt_inicio timestamptz default null,
                                               p_dt_fim timestamptz default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_permission('read');
  perform private.require_few('dispositivos', p_dispositivos);
  return (
    select coalesce(json_agg(a order by a."cdDispositivo"), '[]')
    from private.aggregate_devices(
      p_dispositivos, coalesce(p_dt_inicio at time zone 'UTC', '-infinity'),
      case when p_dt_fim < '10000-01-01Z' then p_dt_fim at time zone 'UTC' + interval '1 microsecond'
           else 'infinity' end) a);
end
$$;
comment on function public.get_device_aggregations is
  'What the sensors of devices add up to: doors, people, temperature, items, categories of cameras.';
revoke all on function public.get_device_aggregations from public;
grant execute on function public.get_device_aggregations to authenticated, service_role;
-- Sum and mean of devices by the name of the sensor type: [{cdDispositivo, dsTipoSensor, totalLeitura,
-- mediaLeitura}], for the types named 'Camera de movimento', 'Abertura de Porta' and 'Temperatura', where
-- there are values.
-- dispositivos                             devices
-- dt_registro_comeco, dt_registro_fim      both ends included; null: no limit
-- p_cd_cliente                             only devices of this client; null: of all. By it PostgREST, which
--                                          looks at names only, tells this function from the legacy one
-- The other arguments keep the names that legacy callers use.
-- Who: callers with the permission read; row-level security decides which values.
create function public.get_grouped_sensor_data(dispositivos integer[],
  dt_registro_comeco timestamptz default null, dt_registro_fim timestamptz default null,
  p_cd_cliente integer default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := coalesce(dt_registro_comeco at time zone 'UTC', '-infinity');
  v_until timestamp := case when dt_registro_fim < '10000-01-01Z'
    then dt_registro_fim at time zone 'UTC' + interval '1 microsecond' else 'infinity' end;
  v_types bigint[] := array(
    select t.id from public."TbTipoSensor" t
    where t."dsNome" in ('Camera de movimento', 'Abertura de Porta', 'Temperatura'));
begin
  perform private.require_permission('read');
  perform private.require_few('dispositivos', dispositivos);
  if p_cd_cliente is not null then
    dispositivos := array(
      select d."cdDispositivo" from public."TbDispositivo" d
      where d."cdDispositivo" = any (dispositivos) and d."cdCliente" = p_cd_cliente);
  end if;
  return (
    select coalesce(json_agg(entry order by entry."cdDispositivo", entry."dsTipoSensor"), '[]')
    from (
      select s."cdDispositivo", t."dsNome" as "dsTipoSensor",
             private.finite(sum(s."nrSoma")) as "totalLeitura",
             private.finite(private.ratio(sum(s."nrSoma"), sum(s."nrQtd"))) as "mediaLeitura"
      from private.sum_devices(60, dispositivos, v_types, v_since, v_until, 'total', 'UTC') s
      join public."TbTipoSensor" t on t.id = s."cdTipoSensor"
      group by 1, 2
    ) entry);
end
$$;
comment on function public.get_grouped_sensor_data is
  'Sum and mean of the values of devices by sensor type: doors, people, temperature.';
revoke all on function public.get_grouped_sensor_data from public;
grant execute on function public.get_grouped_sensor_data to authenticated, service_role;
-- The devices of a product with their site, state and what their sensors add up to:
-- {dispositivos: [{cdDispositivo, …, nrPorta, …}], nomeProduto, tiposSensores, dsCaminhoImagem,
-- cdCodigoImagem, complete, nextCursor}; name and first picture of the product are null where the caller
-- cannot see it, tiposSensores are those of the devices on the page. complete: see private.sums_are_complete.
-- dt_registro_inicio, dt_registro_fim   of the values; both ends included; null: no limit
-- cd_status, ds_uf                      of the device, of its site
-- bl_area, nr_bateria_min, nr_bateria_max   as last known: inside its geofence, volts
-- cd_cliente, cd_produto                owner of the device, its product; null: all
-- p_exigir                              true: PT404 NOT_FOUND where the client or the product is unknown or
--                                       not visible, instead of nothing
-- p_page_size, p_cursor                 devices per page, 1 to 1,000, by code; null: all in one.
--                                       nextCursor of the previous page
-- The other arguments keep the names that legacy callers use.
-- Who: callers with the permission read; row-level security decides which devices and values.
create function public.get_lista_dispositivos_resumo(dt_registro_inicio timestamptz default null,
  dt_registro_fim timestamptz default null, cd_status text default null, ds_uf text default null,
  bl_area boolean default null, nr_bateria_min double precision default null,
  nr_bateria_max double precision default null, cd_cliente integer default null,
  cd_produto integer default null, p_exigir boolean default false, p_page_size integer default null,
  p_cursor integer default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := coalesce(dt_registro_inicio at time zone 'UTC', '-infinity');
  v_until timestamp := case when dt_registro_fim < '10000-01-01Z'
    then dt_registro_fim at time zone 'UTC' + interval '1 microsecond' else 'infinity' end;
begin
  perform private.require_permission('read');
  perform private.require_short(cd_status, ds_uf);
  perform private.require_page(coalesce(p_page_size, 1));
  if p_exigir then
    perform private.require_found(
      exists (select from public."TbCliente" c where c."cdCliente" = cd_cliente), 'client');
    perform private.require_found(
      exists (select from public."TbProduto" p where p."cdProduto" = cd_produto), 'product');
  end if;
  return (
    with target as materialized (
      select d."cdDispositivo", d."dsDispositivo", d."cdStatus", e."dsLogradouro", e."nrNumero",
             e."dsComplemento", e."dsCidade", e."dsUF", u."blArea", u."nrBat", p."dsNome" as "dsNomeProduto"
      from public."TbDispositivo" d
      left join public."TbProduto" p on p."cdProduto" = d."cdProduto"
      left join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
      left join public."TbEndereco" e on e."cdEndereco" = t."cdEndereco"
      left join public."TbPosicaoAtual" u
        on u."cdDispositivo" = d."cdDispositivo" and u."cdCliente" = d."cdCliente"
      where d."cdProduto" is not null and (cd_produto is null or d."cdProduto" = cd_produto)
        and (cd_cliente is null or d."cdCliente" = cd_cliente)
        and (cd_status is null or d."cdStatus"::text = cd_status)
        and (ds_uf is null or e."dsUF" = ds_uf) and (bl_area is null or u."blArea" = bl_area)
        and (nr_bateria_min is null or u."nrBat" >= nr_bateria_min)
        and (nr_bateria_max is null or u."nrBat" <= nr_bateria_max)
        and (p_cursor is null or d."cdDispositivo" > p_cursor)
      order by d."cdDispositivo" limit p_page_size + 1
    ), page as materialized (
      select (array(select y."cdDispositivo" from target y order by 1))[:coalesce(p_page_size, 2147483647)]
        as devices
    ), entry as materialized (
      select x.*, a."nrPorta", a."nrTemp", a."nrPessoas", a."nrItens", a."nrMasculino", a."nrFeminino",
             a."nrCrianca", a."nrJovem", a."nrAdulto", a."nrSenior", a."nrAlegre", a."nrConcentrado",
             a."nrNeutro", a."tiposSensores"
      from target x
      join private.aggregate_devices((select p.devices from page p), v_since, v_until) a
        on a."cdDispositivo" = x."cdDispositivo"
    )
    select json_build_object(
      'dispositivos', (select coalesce(json_agg(l order by l."cdDispositivo"), '[]') from entry l),
      'nomeProduto', (select p."dsNome" from public."TbProduto" p where p."cdProduto" = cd_produto),
      'tiposSensores', array(
        select distinct t.sensor_type from entry l cross join unnest(l."tiposSensores") as t(sensor_type)
        order by 1),
      'dsCaminhoImagem', i."dsCaminho", 'cdCodigoImagem', i."cdCodigo",
      'complete', private.sums_are_complete(60, (select p.devices from page p),
        array(select t.id from public."TbTipoSensor" t), v_since, v_until),
      'nextCursor', (
        select y."cdDispositivo" from target y
        where (select count(*) from target) > p_page_size order by 1 offset p_page_size - 1 limit 1))
    from (select) always_one
    left join lateral (
      select m."dsCaminho", m."cdCodigo" from public."TbImagens" m
      where m."cdProduto" = cd_produto
      order by m."nrImagem", m."cdImagens" limit 1
    ) i on true);
end
$$;
comment on function public.get_lista_dispositivos_resumo is
  'Devices of a product: site, state, and what their sensors add up to.';
revoke all on function public.get_lista_dispositivos_resumo from public;
grant execute on function public.get_lista_dispositivos_resumo to authenticated, service_role;
-- How many people passed by a product: by hour of the day or by day of the week.
-- p_cd_produto            the product; of its devices those in p_cd_dispositivos and of p_cd_cliente, where
--                         given
-- p_dt_inicio, p_dt_fim   both ends included
-- p_aggregation_type      hourly, by_day_of_week
-- p_fuso                  time zone of the axis
-- {labels, datasets: [{cdDispositivo, data}], overall, total, record_count, last_read (UTC), complete}
-- Who: callers with the permission read; row-level security decides which devices and values.
-- Raises PT400 INVALID_PARAMETER. The body is private.summarize_product.
create function public.get_movimento_pessoas_aggregation(p_cd_produto integer, p_dt_inicio timestamptz,
  p_dt_fim timestamptz, p_cd_dispositivos integer[] default null, p_cd_cliente integer default null,
  p_aggregation_type text default 'hourly', p_fuso text default 'America/Sao_Paulo') returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return private.summarize_product(
    p_sensor_type => private.sensor_type('pessoas'), p_axes => '{hourly,by_day_of_week}', p_mean => false,
    p_product => p_cd_produto, p_start => p_dt_inicio, p_end => p_dt_fim, p_devices => p_cd_dispositivos,
    p_client => p_cd_cliente, p_axis => p_aggregation_type, p_zone => p_fuso);
end
$$;
comment on function public.get_movimento_pessoas_aggregation is
  'How many people passed by a product, over time.';
revoke all on function public.get_movimento_pessoas_aggregation from public;
grant execute on function public.get_movimento_pessoas_aggregation to authenticated, service_role;
-- What the sensors of many devices add up to by day, in pages by device: {dias: ["2026-11-01", …],
-- data: [{cdDispositivo, cdTipoSensor, nrQtd: […], nrSoma: […]}], complete, nextCursor}. A row for each
-- device and type of sensor that was ever on it, with a count and a sum for each of `dias`: 0 where there is
-- no value, null where a sum overflows; the mean is nrSoma / nrQtd. Exact at any moment, late values too;
-- complete: see private.sums_are_complete.
-- p_dt_inicio, p_dt_fim   start, included, and end, excluded; a day at an end that is not whole has only what
--                         lies between them
-- p_cd_cliente, p_cd_produto, p_cd_dispositivos   of these devices; null: all
-- p_cd_tipos_sensor       of these types; null: all
-- p_fuso                  time zone of the days
-- p_page_size, p_cursor   devices per page, 1 to 1,000; nextCursor of the previous page
-- Who: callers with the permission read; row-level security decides which devices and values.
-- Raises PT400 INVALID_PARAMETER, RANGE_TOO_WIDE (private.local_days, private.require_few_hours).
create function public.get_somas_diarias(p_dt_inicio timestamptz, p_dt_fim timestamptz,
  p_cd_cliente integer default null, p_cd_produto integer default null,
  p_cd_dispositivos integer[] default null, p_cd_tipos_sensor bigint[] default null,
  p_fuso text default 'America/Sao_Paulo', p_page_size integer default 100, p_cursor text default null)
returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_after integer := (private.read_cursor(p_cursor, '^(\d{1,10})$'))[1]::integer;
  v_since timestamp := p_dt_inicio at time zone 'UTC';
  v_until timestamp := p_dt_fim at time zone 'UTC';
  v_days date[];
  v_devices integer[];
  v_types bigint[] := coalesce(p_cd_tipos_sensor, array(select t.id from public."TbTipoSensor" t));
begin
  perform private.require_permission('read');
  perform private.require_few('cdDispositivos', p_cd_dispositivos);
  perform private.require_few('cdTiposSensor', p_cd_tipos_sensor);
  perform private.require_page(p_page_size);
  v_days := private.local_days(p_dt_inicio, p_dt_fim, p_fuso, p_page_size);
  v_devices := array(
    select d."cdDispositivo" from public."TbDispositivo" d
    where (p_cd_cliente is null or d."cdCliente" = p_cd_cliente)
      and (p_cd_produto is null or d."cdProduto" = p_cd_produto)
      and (p_cd_dispositivos is null or d."cdDispositivo" = any (p_cd_dispositivos))
      and (v_after is null or d."cdDispositivo" > v_after)
    order by 1 limit p_page_size + 1);
  return json_build_object(
    'dias', to_json(v_days),
    'data', private.daily_sums(v_devices[:p_page_size], v_types, v_since, v_until, p_fuso, v_days),
    'complete', private.sums_are_complete(
      private.zone_bucket_minutes(v_since, v_until, p_fuso), v_devices[:p_page_size], v_types, v_since,
      v_until),
    'nextCursor', case when cardinality(v_devices) > p_page_size
                       then private.write_cursor(array[v_devices[p_page_size]::text]) end);
end
$$;
comment on function public.get_somas_diarias is
  'What the sensors of many devices add up to by day of a time zone.';
revoke all on function public.get_somas_diarias from public;
grant execute on function public.get_somas_diarias to authenticated, service_role;
-- Mean temperatures of a product: by hour of the day, by day or by day of the week.
-- p_cd_produto            the product; of its devices those in p_cd_dispositivos and of p_cd_cliente, where
--                         given
-- p_dt_inicio, p_dt_fim   both ends included
-- p_aggregation_type      hourly, daily, by_day_of_week
-- p_fuso                  time zone of the axis
-- {labels, datasets: [{cdDispositivo, data}], overall, total, record_count, last_read (UTC), complete}
-- Means are weighted by values and null where there is none; of days, only those with values are labels.
-- Who: callers with the permission read; row-level security decides which devices and values.
-- Raises PT400 INVALID_PARAMETER. The body is private.summarize_product.
create function public.get_temperatura_aggregation(p_cd_produto integer, p_dt_inicio timestamptz,
  p_dt_fim timestamptz, p_cd_dispositivos integer[] default null, p_cd_cliente integer default null,
  p_aggregation_type text default 'daily', p_fuso text default 'America/Sao_Paulo') returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return private.summarize_product(
    p_sensor_type => private.sensor_type('temperatura'), p_axes => '{hourly,daily,by_day_of_week}',
    p_mean => true,
    p_product => p_cd_produto, p_start => p_dt_inicio, p_end => p_dt_fim, p_devices => p_cd_dispositivos,
    p_client => p_cd_cliente, p_axis => p_aggregation_type, p_zone => p_fuso);
end
$$;
comment on function public.get_temperatura_aggregation is
  'Mean temperatures of a product over time, weighted by values.';
revoke all on function public.get_temperatura_aggregation from public;
grant execute on function public.get_temperatura_aggregation to authenticated, service_role;
-- end
