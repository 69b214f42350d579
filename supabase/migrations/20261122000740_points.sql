-- Readings of one sensor, or their rollup, for a curve.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/70_points/functions
-- The resolutions of data points: 1m, 5m and 1h, as in get_data_points. Without SET clause, to be inlined.
-- Who may call it: every API role, as get_data_points runs as its caller.
create function private.bucket_minutes(p_agg text) returns integer
language sql immutable parallel safe as $$
  select case p_agg when '1m' then 1 when '5m' then 5 when '1h' then 60 end
$$;
comment on function private.bucket_minutes is 'Width of the buckets in minutes; null for raw.';
revoke all on function private.bucket_minutes from public;
grant execute on function private.bucket_minutes to authenticated, service_role;
-- A page of buckets of one sensor; avg and sum are null where they overflow. Part of public.get_data_points.
-- p_aggregation   sum, mean or null: what value is; of last see private.last_points
-- more            the page is full: there may be another
-- Planned anew for each reading, so that no partition outside its time is locked.
-- Who may call it: every API role; row-level security decides which rows.
create function private.bucket_points(p_minutes integer, p_sensor integer, p_since timestamp,
  p_until timestamp, p_limit integer, p_aggregation text, out data json, out last_time timestamp,
  out more boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_custom_plan set work_mem = '16MB' as $$
declare
  v_plan private.reading_plan := private.plan_reading(p_minutes, array[p_sensor], p_since, p_until);
begin
  -- a row as JSON costs half of what json_build_object does
  if v_plan.is_split then
    select coalesce(json_agg(b), '[]'), max(b.ts), count(*) = p_limit
    into data, last_time, more
    from (
      select b."dtBucket" as ts,
             private.finite(private.ratio(sum(b."nrSoma"), sum(b."nrQtd"))) as avg,
             min(b."nrMin") as min, max(b."nrMax") as max,
             case when abs(sum(b."nrSoma")) < 'Infinity' then sum(b."nrSoma") end as sum,
             sum(b."nrQtd") as count,
             case p_aggregation
               when 'sum' then case when abs(sum(b."nrSoma")) < 'Infinity' then sum(b."nrSoma") end
               else private.finite(private.ratio(sum(b."nrSoma"), sum(b."nrQtd"))) end as value
      from private.known_buckets(p_minutes, p_sensor, v_plan) b
      group by 1 order by 1 limit p_limit
    ) b;
  else
    select coalesce(json_agg(b), '[]'), max(b.ts), count(*) = p_limit
    into data, last_time, more
    from (
      select b."dtBucket" as ts,
             private.finite(private.ratio(b."nrSoma", b."nrQtd")) as avg,
             b."nrMin" as min, b."nrMax" as max,
             case when abs(b."nrSoma") < 'Infinity' then b."nrSoma" end as sum,
             b."nrQtd" as count,
             case p_aggregation when 'sum' then case when abs(b."nrSoma") < 'Infinity' then b."nrSoma" end
               else private.finite(private.ratio(b."nrSoma", b."nrQtd")) end as value
      from private.known_buckets(p_minutes, p_sensor, v_plan) b
      order by 1 limit p_limit
    ) b;
  end if;
end
$$;
comment on function private.bucket_points is
  'Buckets of one sensor as JSON, ascending, the time of the last one, and whether there may be more.';
revoke all on function private.bucket_points from public;
grant execute on function private.bucket_points to authenticated, service_role;
-- How agg = auto is resolved: the finest resolution with at most p_points points. A range that begins in the
-- middle of a minute touches one minute more. Values themselves are returned for at most 14 days.
-- Who may call it: every API role, as get_data_points runs as its caller.
create function private.choose_resolution(p_sensor integer, p_since timestamp, p_until timestamp,
  p_points integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_values bigint := private.count_values(p_sensor, p_since, p_until);
begin
  return case
    when v_values <= p_points and p_until - p_since <= interval '14 days' then 'raw'
    when least(v_values, private.count_buckets(1, p_since, p_until)) <= p_points then '1m'
    when least(v_values, private.count_buckets(5, p_since, p_until)) <= p_points then '5m'
    else '1h'
  end;
end
$$;
comment on function private.choose_resolution is 'The finest resolution with at most so many points.';
revoke all on function private.choose_resolution from public;
grant execute on function private.choose_resolution to authenticated, service_role;
-- Part of private.choose_resolution. Who may call it: every API role.
create function private.count_buckets(p_minutes integer, p_since timestamp, p_until timestamp) returns bigint
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select (date_part('epoch', date_bin(l.width, p_until - interval '1 microsecond', timestamp '2000-01-01')
                           - date_bin(l.width, p_since, timestamp '2000-01-01')) / 60)::bigint / p_minutes + 1
  from (select make_interval(mins => p_minutes) as width) l
$$;
comment on function private.count_buckets is 'How many buckets a time range touches, its end excluded.';
revoke all on function private.count_buckets from public;
grant execute on function private.count_buckets to authenticated, service_role;
-- Counted from rollups by the hour where they are right. Who may call it: every API role; row-level security
-- decides which values count.
create function private.count_values(p_sensor integer, p_since timestamp, p_until timestamp) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_custom_plan as $$
declare
  v_plan private.reading_plan := private.plan_reading(60, array[p_sensor], p_since, p_until);
begin
  return (select coalesce(sum(b."nrQtd"), 0) from private.known_buckets(60, p_sensor, v_plan) b);
end
$$;
comment on function private.count_values is 'How many numeric values a sensor has in a time range.';
revoke all on function private.count_values from public;
grant execute on function private.count_values to authenticated, service_role;
-- The newest value of each of these sensors, if it came from this device while this client owned it: a sensor
-- or device that moved has none until it reports again. One search of the index for each sensor.
-- p_sensors, p_devices, p_clients   side by side: sensors, the devices they are on, and their owners
-- Part of public.get_ultimos_valores.
-- Who may call it: every API role; row-level security decides which values.
create function private.current_values(p_sensors integer[], p_devices integer[], p_clients integer[])
returns table (sensor integer, "dtRegistro" timestamp, "nrValor" double precision, "blValor" boolean,
               "dsValor" text, "nrQualidade" smallint)
language plpgsql stable rows 1000 set search_path = pg_catalog, pg_temp set enable_seqscan = off
set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_packed timestamp := private.packed_before();
begin
  return query
    select s.sensor, r."dtRegistro", r."nrValor", r."blValor", r."dsValor", r."nrQualidade"
    from unnest(p_sensors, p_devices, p_clients) s(sensor, device, client)
    cross join lateral ( -- packs are looked at for sensors only that have nothing newer
      (select * from private.value_rows() v
       where v."cdSensor" = s.sensor and v."dtRegistro" >= v_packed
       order by v."dtRegistro" desc, v."cdCliente" desc limit 1)
      union all
      select * from private.newest_value(s.sensor, '-infinity', v_packed)
      limit 1
    ) r
    where r."cdDispositivo" = s.device and r."cdCliente" = s.client;
end
$$;
comment on function private.current_values is 'The newest value of each of these sensors.';
revoke all on function private.current_values from public;
grant execute on function private.current_values to authenticated, service_role;
-- Whether the caller may know that a sensor exists: one of its clients owns the device that the sensor is on,
-- or owned it and still has the history of this sensor.
-- Security definer: a former owner can no longer see the sensor.
-- Who may call it: every API role, as get_data_points runs as its caller.
create function private.is_known_sensor(p_sensor integer) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visible_clients integer[] := private.visible_clients();
begin
  return exists (
      select from public."TbSensor" s
      join public."TbDispositivo" d on d."cdDispositivo" = s."cdDispositivo"
      where s."cdSensor" = p_sensor and d."cdCliente" = any (v_visible_clients))
    or exists (
      select from public."TbSensorVinculo" v
      join public."TbDispositivoVinculo" w on w."cdDispositivo" = v."cdDispositivo"
      where v."cdSensor" = p_sensor and w."cdCliente" = any (v_visible_clients)
        and w."jsSensores" ? p_sensor::text);
end
$$;
comment on function private.is_known_sensor is 'Whether the caller sees this sensor, or history of it.';
revoke all on function private.is_known_sensor from public;
grant execute on function private.is_known_sensor to authenticated, service_role;
-- The newest value of a time range decides what kind of point the sensor is: number, or boolean and text.
-- Who may call it: every API role; row-level security decides which values.
create function private.is_numeric_point(p_sensor integer, p_since timestamp, p_until timestamp)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan as $$
begin
  return coalesce((
    select r."nrValor" is not null from private.newest_value(p_sensor, p_since, p_until) r), true);
end
$$;
comment on function private.is_numeric_point is
  'Whether the newest value of a time range is a number; true when there is none.';
revoke all on function private.is_numeric_point from public;
grant execute on function private.is_numeric_point to authenticated, service_role;
-- The buckets of one sensor: rows of a rollup where they are right, and the others. A bucket has several rows
-- where the plan is split. Part of private.bucket_points, whose planner settings it has: without SET clause,
-- to be inlined. Who may call it: every API role; row-level security decides which rows.
create function private.known_buckets(p_minutes integer, p_sensor integer, p_plan private.reading_plan)
returns setof private.bucket
language sql stable as $$
  select b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin", b."nrMax"
  from private.stored_buckets(p_minutes) b
  where b."cdSensor" = p_sensor and b."dtBucket" >= (p_plan).since and b."dtBucket" < (p_plan).until
    and ((p_plan).dirty is null
      or date_trunc('hour', b."dtBucket") not in (select f.since from unnest((p_plan).dirty) f)
      or b."dtBucket" < private.raw_expired_before(b."cdCliente", b."cdSensor"))
  union all
  select o."dtBucket", o."nrQtd", o."nrSoma", o."nrMin", o."nrMax"
  from private.other_buckets(p_minutes, p_sensor, p_plan) o
$$;
comment on function private.known_buckets is 'Buckets of one sensor, exact at any moment.';
revoke all on function private.known_buckets from public;
grant execute on function private.known_buckets to authenticated, service_role;
-- As private.bucket_points, for sensors of which the last value counts: value is the newest of each bucket.
-- Rollups do not keep it, and could not for late data without being read again; so it is looked up among the
-- values, and a page ends after 100,000 of them, or after one bucket. Null where the values have expired.
-- Part of public.get_data_points. Who may call it: every API role; row-level security decides which values.
create function private.last_points(p_minutes integer, p_sensor integer, p_since timestamp,
  p_until timestamp, p_limit integer, out data json, out last_time timestamp, out more boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_page json;
  v_begin timestamp;
begin
  select b.data, b.last_time, b.more into v_page, last_time, more
  from private.bucket_points(p_minutes, p_sensor, p_since, p_until, p_limit, null) b;
  select coalesce(json_agg(p.point order by p.ts), '[]'), min(p.ts), max(p.ts),
         more or coalesce(count(*) < max(p.total), false)
  into v_page, v_begin, last_time, more
  from (
    select e.point, (e.point ->> 'ts')::timestamp as ts, count(*) over () as total,
           sum((e.point ->> 'count')::bigint) over (order by e.n) - (e.point ->> 'count')::bigint as earlier
    from json_array_elements(v_page) with ordinality as e(point, n)
  ) p
  where p.earlier < 100000;
  data := (
    select coalesce(json_agg(row_to_json(b) order by b.ts), '[]')
    from (
      select (e ->> 'ts')::timestamp as ts, (e ->> 'avg')::double precision as avg,
             (e ->> 'min')::double precision as min, (e ->> 'max')::double precision as max,
             (e ->> 'sum')::double precision as sum, (e ->> 'count')::bigint as count, l.value
      from json_array_elements(v_page) e
      left join (
        select distinct on (1) date_bin(make_interval(mins => p_minutes), r."dtRegistro",
                                        timestamp '2000-01-01') as ts, r."nrValor" as value
        from private.values_between(p_sensor, greatest(v_begin, p_since),
                                    least(last_time + make_interval(mins => p_minutes), p_until)) r
        where r."nrValor" is not null and r."nrQualidade" < 2
        order by 1, r."dtRegistro" desc, r."cdCliente" desc
      ) l on l.ts = (e ->> 'ts')::timestamp
    ) b);
end
$$;
comment on function private.last_points is 'Buckets of one sensor with the last value of each.';
revoke all on function private.last_points from public;
grant execute on function private.last_points to authenticated, service_role;
-- The buckets of one sensor that are no rows of a rollup, as private.plan_reading planned them: those made of
-- the values, and packed ones. Part of private.bucket_points: most readings have a few of the former and none
-- of the latter, and a statement that unites all tables locks every partition of each.
-- Planned anew for each reading, with the first and last time of all ranges, so that partitions outside are
-- neither planned nor locked. Where nothing is packed only rows are read: the plan of unpacking takes longer
-- than the values of an hour.
-- Who may call it: every API role; row-level security decides which rows.
create function private.other_buckets(p_minutes integer, p_sensor integer, p_plan private.reading_plan)
returns setof private.bucket
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_custom_plan set work_mem = '16MB' as $$
declare
  v_first timestamp;
  v_last timestamp;
begin
  if cardinality(p_plan.raw_ranges) > 0 then
    select min(f.since), max(f.until) into v_first, v_last from unnest(p_plan.raw_ranges) f;
    if v_first >= private.packed_before() then
      return query
        select date_bin(make_interval(mins => p_minutes), r."dtRegistro", timestamp '2000-01-01'),
               count(*)::integer, sum(private.summable(r."nrValor")), min(r."nrValor"), max(r."nrValor")
        from unnest(p_plan.raw_ranges) f
        join private.value_rows() r
          on r."cdSensor" = p_sensor and r."dtRegistro" >= f.since and r."dtRegistro" < f.until
        where r."dtRegistro" >= v_first and r."dtRegistro" < v_last
          and r."nrValor" is not null and r."nrQualidade" < 2
          and (f."cdCliente" is null or r."cdCliente" = f."cdCliente")
        group by 1;
    else
      return query
        select date_bin(make_interval(mins => p_minutes), r."dtRegistro", timestamp '2000-01-01'),
               count(*)::integer, sum(private.summable(r."nrValor")), min(r."nrValor"), max(r."nrValor")
        from unnest(p_plan.raw_ranges) f
        cross join lateral private.values_between(p_sensor, f.since, f.until) r
        where r."dtRegistro" >= v_first and r."dtRegistro" < v_last
          and r."nrValor" is not null and r."nrQualidade" < 2
          and (f."cdCliente" is null or r."cdCliente" = f."cdCliente")
        group by 1;
    end if;
  end if;
  if p_plan.is_packed then
    return query
      select u."dtBucket", u."nrQtd", u."nrSoma", u."nrMin", u."nrMax"
      from private.unpacked_buckets(p_minutes, p_plan.since, p_plan.until) u
      where u."cdSensor" = p_sensor and u."dtBucket" >= p_plan.since and u."dtBucket" < p_plan.until
        and (p_plan.dirty is null
          or date_trunc('hour', u."dtBucket") not in (select f.since from unnest(p_plan.dirty) f)
          or u."dtBucket" < private.raw_expired_before(u."cdCliente", u."cdSensor"));
  end if;
end
$$;
comment on function private.other_buckets is
  'Buckets of one sensor that are made of the values, or packed.';
revoke all on function private.other_buckets from public;
grant execute on function private.other_buckets to authenticated, service_role;
-- Values or buckets of one sensor, as public.get_data_points describes them. Part of it and of
-- public.get_series, which check the arguments that they share with others.
-- p_known   true: PT404 NOT_FOUND for a sensor that is unknown or not visible, instead of nothing
-- Who may call it: every API role; row-level security decides which values.
-- Raises PT400 INVALID_PARAMETER, PT404 NOT_FOUND.
create function private.points_of_sensor(p_sensor integer, p_since timestamp, p_until timestamp, p_agg text,
  p_limit integer, p_cursor text, p_points integer, p_known boolean) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := p_since;
  v_key text[] := private.read_cursor(
    p_cursor, '^(raw|1m|5m|1h),(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)(?:,(\d{1,10}))?$');
  v_after timestamp := v_key[2]::timestamp;
  v_client integer := v_key[3]::integer;
  v_agg text := coalesce(v_key[1], p_agg);
  v_thinned boolean := false;
  v_kind record;
  v_points record;
  v_last_client integer;
  v_expired boolean;
begin
  perform private.require_points_arguments(p_since, p_until, p_agg, p_limit, p_points);
  v_kind := private.sensor_kind(p_sensor);
  if v_key[1] is null then
    v_agg := private.resolve_resolution(p_sensor, v_since, p_until, p_agg, p_points);
    v_thinned := v_agg = 'raw' and p_points is not null
      and private.is_numeric_point(p_sensor, v_since, p_until);
  end if;
  v_expired := private.is_damaged(p_sensor, v_since, p_until)
    or private.has_expired(case when v_kind.aggregation = 'last' then null
                                else private.bucket_minutes(v_agg) end,
                           p_sensor, v_since, p_until);
  if v_after is not null then
    v_since := greatest(v_since, v_after + case
      when v_agg <> 'raw' then make_interval(mins => private.bucket_minutes(v_agg))
      when v_client is null then interval '1 microsecond'
      else interval '0' end);
  end if;
  if v_thinned then
    select private.thinned_points(p_sensor, v_since, p_until, p_points) as data,
           null::timestamp as last_time, false as more
    into v_points;
  elsif v_agg = 'raw' then
    v_points := private.raw_points(
      p_sensor, v_since, p_until, p_limit, case when v_since = v_after then v_client end);
    v_last_client := v_points.last_client;
  else
    if v_kind.aggregation = 'last' then
      v_points := private.last_points(
        private.bucket_minutes(v_agg), p_sensor, v_since, p_until, p_limit);
    else
      v_points := private.bucket_points(
        private.bucket_minutes(v_agg), p_sensor, v_since, p_until, p_limit, v_kind.aggregation);
    end if;
    if v_points.last_time is null and v_key[1] is null then
      perform private.require_numbers(p_sensor, v_since, p_until, v_agg);
    end if;
  end if;
  if p_known and json_array_length(v_points.data) = 0 then
    perform private.require_found(private.is_known_sensor(p_sensor), 'sensor');
  end if;
  return json_build_object(
    'cdSensor', p_sensor, 'cdDispositivo', v_kind.device, 'dsPonto', v_kind.point,
    'cdTipoSensor', v_kind.id, 'dsUnidade', v_kind.unit, 'dsAgregacao', v_kind.aggregation, 'agg', v_agg,
    'degraded', v_agg <> 'raw' and p_agg = 'raw', 'thinned', v_thinned, 'expired', v_expired,
    'data', v_points.data, 'complete', not v_expired and not v_points.more,
    'nextCursor', case when v_points.more
                       then private.write_cursor(array_remove(
                         array[v_agg, v_points.last_time::text, v_last_client::text], null)) end);
end
$$;
comment on function private.points_of_sensor is 'Values or buckets of one sensor, as they are answered.';
revoke all on function private.points_of_sensor from public;
grant execute on function private.points_of_sensor to authenticated, service_role;
-- A page of the values of one sensor. Part of public.get_data_points.
-- p_client      the page begins after the value of this client at p_since; null: at p_since
-- more          the page is full: there may be another
-- last_client   with more: whose value the last one is; who sees several owners of a device may see several
--               values of one time
-- Who may call it: every API role; row-level security decides which values.
create function private.raw_points(p_sensor integer, p_since timestamp, p_until timestamp, p_limit integer,
  p_client integer, out data json, out last_time timestamp, out more boolean, out last_client integer)
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan as $$
begin
  select coalesce(json_agg(r), '[]'), max(r.ts), count(*) = p_limit
  into data, last_time, more
  from (
    select r."dtRegistro" as ts,
           coalesce(to_json(r."nrValor"), to_json(r."blValor"), to_json(r."dsValor")) as value,
           r."nrQualidade" as quality
    from (
      (select v.* from private.value_rows() v
       where v."cdSensor" = p_sensor and v."dtRegistro" >= p_since and v."dtRegistro" < p_until
         and (p_client is null or v."dtRegistro" > p_since or v."cdCliente" > p_client)
       order by v."dtRegistro", v."cdCliente" limit p_limit)
      union all
      (select f.* from private.packed_values(p_sensor, p_since, p_until) f
       where p_client is null or f."dtRegistro" > p_since or f."cdCliente" > p_client
       order by f."dtRegistro", f."cdCliente" limit p_limit)
    ) r
    order by r."dtRegistro", r."cdCliente" limit p_limit
  ) r;
  if not more then
    return;
  end if;
  select case when count(*) = 1 then min(r."cdCliente") end into last_client
  from private.values_between(p_sensor, last_time, private.after(last_time)) r;
  if last_client is null then
    select r."cdCliente" into last_client
    from (
      (select v.* from private.value_rows() v
       where v."cdSensor" = p_sensor and v."dtRegistro" >= p_since and v."dtRegistro" < p_until
         and (p_client is null or v."dtRegistro" > p_since or v."cdCliente" > p_client)
       order by v."dtRegistro", v."cdCliente" limit p_limit)
      union all
      (select f.* from private.packed_values(p_sensor, p_since, p_until) f
       where p_client is null or f."dtRegistro" > p_since or f."cdCliente" > p_client
       order by f."dtRegistro", f."cdCliente" limit p_limit)
    ) r
    order by r."dtRegistro", r."cdCliente" offset p_limit - 1 limit 1;
  end if;
end
$$;
comment on function private.raw_points is
  'Values of one sensor as JSON, ascending, time and client of the last one, and whether there may be more.';
revoke all on function private.raw_points from public;
grant execute on function private.raw_points to authenticated, service_role;
-- Called only when no bucket was found, so that requests for numbers do not pay for it.
-- Who may call it: every API role. Raises PT400 INVALID_PARAMETER.
create function private.require_numbers(p_sensor integer, p_since timestamp, p_until timestamp, p_agg text)
returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not private.is_numeric_point(p_sensor, p_since, p_until) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('agg %s needs numeric values; this sensor has booleans or texts: use agg raw', p_agg);
  end if;
end
$$;
comment on function private.require_numbers is
  'Raises PT400 when a sensor has values in a time range, but no numeric ones.';
revoke all on function private.require_numbers from public;
grant execute on function private.require_numbers to authenticated, service_role;
-- Part of public.get_data_points. Who may call it: every API role. Raises PT400 INVALID_PARAMETER.
create function private.require_points_arguments(p_since timestamp, p_until timestamp, p_agg text,
  p_limit integer, p_points integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_error text := case
    when not coalesce(isfinite(p_since) and isfinite(p_until), false)
      then 'from and to are required and must be finite'
    when p_until < p_since then 'to must not be before from'
    when not coalesce(p_agg in ('raw', '1m', '5m', '1h', 'auto'), false)
      then 'agg must be one of raw, 1m, 5m, 1h, auto'
    when not coalesce(p_limit between 1 and 100000, false) then 'limit must be 1 to 100000'
    when not p_points between 3 and 10000 then 'maxPoints must be 3 to 10000'
  end;
begin
  if v_error is not null then
    raise sqlstate 'PT400' using message = v_error, hint = 'INVALID_PARAMETER';
  end if;
end
$$;
comment on function private.require_points_arguments is
  'Raises PT400 for invalid arguments of get_data_points.';
revoke all on function private.require_points_arguments from public;
grant execute on function private.require_points_arguments to authenticated, service_role;
-- Several sensors in one answer take as long as all of them. What may have to be read from single values (raw
-- of more than 14 days becomes 1m) is bounded ten times closer than hours, which rollups have; auto chooses
-- finer buckets only where there are few.
-- p_sensors   how many there are
-- Part of public.get_series. Who may call it: every API role.
-- Raises PT400 INVALID_PARAMETER, RANGE_TOO_WIDE.
create function private.require_series_range(p_since timestamp, p_until timestamp, p_agg text,
  p_limit integer, p_points integer, p_sensors integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_most integer := case when p_agg in ('1h', 'auto') then 200000 else 20000 end;
begin
  perform private.require_points_arguments(p_since, p_until, p_agg, p_limit, p_points);
  if p_limit > 5000 then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = 'pageSize must be 1 to 5000 for several sensors';
  elsif p_points is not null and p_agg = 'raw' then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = 'maxPoints with agg raw thins one sensor at a time: name it by cdSensor';
  elsif extract(epoch from least(p_until, now() at time zone 'UTC') - p_since) / 3600 * p_sensors
        > v_most then
    raise sqlstate 'PT400' using hint = 'RANGE_TOO_WIDE', message = format(
      'The range of %s sensors has more than %s hours of sensors by %s. Narrow it, name fewer sensors, or '
      'ask by 1h.', p_sensors, v_most, p_agg);
  end if;
end
$$;
comment on function private.require_series_range is
  'Raises PT400 for invalid or too large requests for several sensors.';
revoke all on function private.require_series_range from public;
grant execute on function private.require_series_range to authenticated, service_role;
-- The resolution of a response. Buckets requested by name need no look at the values here: see
-- private.require_numbers.
-- Who may call it: every API role, as get_data_points runs as its caller.
create function private.resolve_resolution(p_sensor integer, p_since timestamp, p_until timestamp, p_agg text,
  p_points integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_is_short boolean := p_until - p_since <= interval '14 days';
begin
  return case
    when p_agg not in ('raw', 'auto') or p_agg = 'raw' and v_is_short and p_points is null then p_agg
    when not private.is_numeric_point(p_sensor, p_since, p_until) then 'raw'
    when p_agg = 'auto' then private.choose_resolution(p_sensor, p_since, p_until, coalesce(p_points, 3000))
    when not v_is_short then '1m'
    -- thinning looks at every value, and so many take a second
    when p_points is not null and private.count_values(p_sensor, p_since, p_until) > 100000 then '1m'
    else 'raw'
  end;
end
$$;
comment on function private.resolve_resolution is 'The resolution of a response.';
revoke all on function private.resolve_resolution from public;
grant execute on function private.resolve_resolution to authenticated, service_role;
-- Where a sensor is, and its type with its unit and how several values are summed up; nulls when the caller
-- has no part in the sensor, or not in the type. For a former owner it is the type that the sensor had when
-- it left, and where it is now is not said.
-- Who may call it: every API role, as get_data_points runs as its caller.
-- Security definer: looks at sensors that left the caller's clients.
create function private.sensor_kind(p_sensor integer, out id bigint, out unit text, out aggregation text,
  out device integer, out point text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
  v_visible_clients integer[] := private.visible_clients();
  v_type bigint;
begin
  select s."cdTipoSensor", s."cdDispositivo", s."dsPonto" into v_type, device, point
  from public."TbSensor" s
  join public."TbDispositivo" d on d."cdDispositivo" = s."cdDispositivo"
  where s."cdSensor" = p_sensor and d."cdCliente" = any (v_visible_clients);
  if v_type is null then
    v_type := (
      select h."cdTipoSensor" from private.history_sensors(array(
        select v."cdDispositivo" from public."TbSensorVinculo" v where v."cdSensor" = p_sensor)) h
      where h."cdSensor" = p_sensor order by h."cdDispositivo" desc limit 1);
  end if;
  select t.id, t."dsUnidade", t."dsAgregacao" into id, unit, aggregation
  from public."TbTipoSensor" t
  where t.id = v_type and (t."cdCliente" is null or t."cdCliente" = any (v_visible_clients));
end
$$;
comment on function private.sensor_kind is
  'Type, unit, aggregation and place of a sensor, as far as the caller may know them.';
revoke all on function private.sensor_kind from public;
grant execute on function private.sensor_kind to authenticated, service_role;
-- Thins by largest triangle three buckets (Steinarsson 2013), which keeps the points that shape the curve.
-- The first and the last value stay; the others are divided into equal pieces, and of each piece the value
-- stays that makes the largest triangle with the value chosen before and the mean of the next piece. For the
-- choice, values are limited to 1e140, so that no area and no mean
-- overflows (avg squares what it is given). Pieces carry their values: looking for them by time again cost a
-- search in every partition for each piece, and JSON is made of the chosen values only.
-- Part of public.get_data_points. Who may call it: every API role; row-level security decides which values.
create function private.thinned_points(p_sensor integer, p_since timestamp, p_until timestamp,
  p_points integer) returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan set work_mem = '16MB' as $$
declare
  v_total bigint := ( -- with faults, which rollups do not count
    select count(*) from private.values_between(p_sensor, p_since, p_until) r
    where r."nrValor" is not null);
  v_piece record;
  v_chosen record;
  v_x double precision;
  v_y double precision;
  v_points json[] := array[]::json[];
begin
  if v_total <= p_points then
    return (private.raw_points(p_sensor, p_since, p_until, 100000, null)).data;
  end if;
  for v_piece in
    select p.*, lead(p.x) over (order by p.k) as next_x, lead(p.y) over (order by p.k) as next_y
    from (
      select case l.n when 1 then 0 when v_total then p_points
                      -- integer division that rounds up
                      else ((l.n - 1) * (p_points - 2) + v_total - 3) / (v_total - 2) end as k,
             array_agg(l.ts) as times, array_agg(l.value) as vals, array_agg(l.quality) as qualities,
             array_agg(l.x) as xs, avg(l.x) as x, avg(greatest(-1e140, least(1e140, l.value))) as y
      from (
        select r."dtRegistro" as ts, r."nrValor" as value, r."nrQualidade" as quality,
               date_part('epoch', r."dtRegistro" - p_since) as x,
               row_number() over (order by r."dtRegistro") as n
        from private.values_between(p_sensor, p_since, p_until) r
        where r."nrValor" is not null
      ) l
      group by 1
    ) p
    order by p.k
  loop
    select r.* into v_chosen
    from unnest(v_piece.times, v_piece.vals, v_piece.qualities, v_piece.xs) r(ts, value, quality, x)
    order by private.triangle_area(
               v_x, v_y, r.x, greatest(-1e140, least(1e140, r.value)), v_piece.next_x, v_piece.next_y)
             desc nulls last,
             r.ts
    limit 1;
    v_x := v_chosen.x;
    v_y := greatest(-1e140, least(1e140, v_chosen.value));
    v_points := array_append(v_points, json_build_object(
      'ts', v_chosen.ts, 'value', v_chosen.value, 'quality', v_chosen.quality));
  end loop;
  return array_to_json(v_points);
end
$$;
comment on function private.thinned_points is
  'At most so many values of one sensor as JSON, chosen to keep the shape of the curve.';
revoke all on function private.thinned_points from public;
grant execute on function private.thinned_points to authenticated, service_role;
-- Twice the area, or null at the ends of the curve. Differences below 1e-150 count as 0, so that no product
-- underflows. Part of private.thinned_points. Without SET clause, to be inlined. Who may call it: every API
-- role.
create function private.triangle_area(p_ax double precision, p_ay double precision, p_bx double precision,
  p_by double precision, p_cx double precision, p_cy double precision) returns double precision
language sql immutable parallel safe as $$
  select abs((p_ax - p_cx) * case when abs(p_by - p_ay) > 1e-150 then p_by - p_ay else 0 end
           - (p_ax - p_bx) * case when abs(p_cy - p_ay) > 1e-150 then p_cy - p_ay else 0 end)
$$;
comment on function private.triangle_area is 'Twice the area of a triangle.';
revoke all on function private.triangle_area from public;
grant execute on function private.triangle_area to authenticated, service_role;
-- end

-- from sql/70_points/rpc
-- Values or buckets of one sensor, ascending (private.points_of_sensor):
-- {cdSensor, cdDispositivo, dsPonto, cdTipoSensor, dsUnidade, dsAgregacao, agg, degraded, thinned, expired,
-- data, complete, nextCursor}.
-- p_dt_inicio, p_dt_fim   start, included, and end, excluded; buckets at the ends hold only what lies between
--                         them
-- p_agg         raw, 1m, 5m, 1h, or auto: the finest with at most p_max_points points (default 3,000). raw
--               over more than 14 days, or of more than 100,000 values with p_max_points, becomes 1m, and
--               degraded says so. Booleans and texts are always raw.
-- p_limit       points at most, 1 to 100,000
-- p_cursor      nextCursor of the previous page: agg, time and, of a value, client of its last point, so that
--               all pages have one agg
-- p_max_points  raw only: thins the values to so many, 3 to 10,000, by largest triangles; in one page
-- p_exigir      true: PT404 NOT_FOUND for a sensor that is unknown or not visible, instead of nothing
-- p_cd_dispositivo, p_ds_ponto   instead of p_cd_sensor: the device that the sensor is on, and its point
-- data          raw {ts, value, quality}; otherwise {ts, avg, min, max, sum, count, value}, in UTC; avg and
--               sum are null where they overflow, value is what the sensor's type chooses (dsAgregacao: sum,
--               mean or last; without a type the mean), null where the last has expired
-- expired       some of the range has expired, on whatever page
-- complete      false when some has expired, or when there is more (nextCursor)
-- Who: callers with the permission read; row-level security decides which values.
-- Raises PT400 INVALID_PARAMETER, PT404 NOT_FOUND.
create function public.get_data_points(p_cd_sensor integer default null,
  p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null, p_agg text default 'auto',
  p_limit integer default 10000, p_cursor text default null, p_max_points integer default null,
  p_exigir boolean default false, p_cd_dispositivo integer default null, p_ds_ponto text default null)
returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_sensor integer := p_cd_sensor;
begin
  perform private.require_permission('read');
  perform private.require_short(p_ds_ponto);
  if p_cd_dispositivo is not null or p_ds_ponto is not null then
    if p_cd_sensor is not null or p_cd_dispositivo is null or p_ds_ponto is null then
      raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
        message = 'a sensor is named by cdSensor, or by cdDispositivo and dsPonto';
    end if;
    v_sensor := (
      select s."cdSensor" from public."TbSensor" s
      where s."cdDispositivo" = p_cd_dispositivo and s."dsPonto" = normalize(p_ds_ponto, nfc));
  end if;
  perform private.require_found(v_sensor is not null or not p_exigir, 'sensor');
  return private.points_of_sensor(
    v_sensor, p_dt_inicio at time zone 'UTC', p_dt_fim at time zone 'UTC', p_agg, p_limit, p_cursor,
    p_max_points, p_exigir);
end
$$;
comment on function public.get_data_points is
  'Values of a sensor, or their rollup in buckets, exact at any moment.';
revoke all on function public.get_data_points from public;
grant execute on function public.get_data_points to authenticated, service_role;
-- Values or buckets of several sensors in one answer, 20 at a time, by code: {data, nextCursor}, where each
-- of `data` is what public.get_data_points answers for one. Its own nextCursor goes on with that sensor
-- there.
-- p_cd_sensores      these sensors; unknown ones, and those the caller has no part in, are left out
-- p_cd_dispositivo   sensors that are on this device; with p_cd_sensores those of both
-- p_agg              as there, but booleans and texts are raw, whatever is asked for
-- p_limit            points of each sensor at most, 1 to 5,000
-- p_max_points       auto only: points of each sensor at most; default p_limit
-- p_cursor           nextCursor of the previous page
-- Who: callers with the permission read; row-level security decides which values.
-- Raises PT400 INVALID_PARAMETER, RANGE_TOO_WIDE (private.require_series_range).
create function public.get_series(p_dt_inicio timestamptz, p_dt_fim timestamptz,
  p_cd_sensores integer[] default null, p_cd_dispositivo integer default null, p_agg text default 'auto',
  p_limit integer default 2000, p_max_points integer default null, p_cursor text default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := p_dt_inicio at time zone 'UTC';
  v_until timestamp := p_dt_fim at time zone 'UTC';
  v_after integer := (private.read_cursor(p_cursor, '^(\d{1,10})$'))[1]::integer;
  v_sensors integer[];
begin
  perform private.require_permission('read');
  perform private.require_few('cdSensores', p_cd_sensores);
  if p_cd_sensores is null and p_cd_dispositivo is null then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = 'name sensors by cdSensores, or a device by cdDispositivo';
  end if;
  v_sensors := array(
    select c.sensor
    from (
      select s."cdSensor" as sensor from public."TbSensor" s
      where p_cd_dispositivo is not null and s."cdDispositivo" = p_cd_dispositivo
        and (p_cd_sensores is null or s."cdSensor" = any (p_cd_sensores))
      union
      select u from unnest(p_cd_sensores) u where p_cd_dispositivo is null and private.is_known_sensor(u)
    ) c
    where v_after is null or c.sensor > v_after
    order by 1 limit 21);
  perform private.require_series_range(
    v_since, v_until, p_agg, p_limit, p_max_points, cardinality(v_sensors[:20]));
  return (
    select json_build_object(
      'data', coalesce(json_agg(private.points_of_sensor(
        s.sensor, v_since, v_until,
        case when p_agg in ('raw', 'auto') or private.is_numeric_point(s.sensor, v_since, v_until)
             then p_agg else 'raw' end,
        p_limit, null, case when p_agg = 'auto' then greatest(coalesce(p_max_points, p_limit), 3) end, false)
        order by s.sensor), '[]'),
      'nextCursor', case when cardinality(v_sensors) > 20
                         then private.write_cursor(array[v_sensors[20]::text]) end)
    from unnest(v_sensors[:20]) s(sensor));
end
$$;
comment on function public.get_series is 'Values of several sensors, or their rollups, exact at any moment.';
revoke all on function public.get_series from public;
grant execute on function public.get_series to authenticated, service_role;
-- The latest value of every sensor of many devices, in pages by device and sensor:
-- {data: [{cdDispositivo, cdSensor, cdTipoSensor, dsPonto, dsUnidade, dtRegistro, nrValor, blValor, dsValor,
-- nrQualidade}], nextCursor}. Every sensor that is on a device now has a row; its value is null until it has
-- reported from there (private.current_values). Faults (nrQualidade 2) are values, too.
-- p_cd_cliente, p_cd_produto, p_cd_dispositivos   of these devices; null: all
-- p_cd_tipos_sensor                               sensors of these types; null: all
-- p_page_size                                     sensors per page, 1 to 1,000
-- p_cursor                                        nextCursor of the previous page
-- Who: callers with the permission read; row-level security decides which devices and values.
-- Raises PT400 INVALID_PARAMETER.
create function public.get_ultimos_valores(p_cd_cliente integer default null,
  p_cd_produto integer default null, p_cd_dispositivos integer[] default null,
  p_cd_tipos_sensor bigint[] default null, p_page_size integer default 1000, p_cursor text default null)
returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_key text[] := private.read_cursor(p_cursor, '^(\d{1,10}),(\d{1,10})$');
  v_device integer := v_key[1]::integer;
  v_sensor integer := v_key[2]::integer;
begin
  perform private.require_permission('read');
  perform private.require_few('cdDispositivos', p_cd_dispositivos);
  perform private.require_few('cdTiposSensor', p_cd_tipos_sensor);
  perform private.require_page(p_page_size);
  return (
    with target as materialized (
      select s."cdDispositivo", s."cdSensor", s."cdTipoSensor", s."dsPonto", d."cdCliente",
             row_number() over (order by s."cdDispositivo", s."cdSensor") as n
      from public."TbDispositivo" d
      join public."TbSensor" s on s."cdDispositivo" = d."cdDispositivo"
      where (p_cd_cliente is null or d."cdCliente" = p_cd_cliente)
        and (p_cd_produto is null or d."cdProduto" = p_cd_produto)
        and (p_cd_dispositivos is null or d."cdDispositivo" = any (p_cd_dispositivos))
        and (p_cd_tipos_sensor is null or s."cdTipoSensor" = any (p_cd_tipos_sensor))
        and (v_device is null or (s."cdDispositivo", s."cdSensor") > (v_device, v_sensor))
      order by s."cdDispositivo", s."cdSensor" limit p_page_size + 1
    ), page as materialized (
      select array_agg(t."cdSensor" order by t.n) as sensors,
             array_agg(t."cdDispositivo" order by t.n) as devices,
             array_agg(t."cdCliente" order by t.n) as clients
      from target t where t.n <= p_page_size
    ), entry as (
      select t.n, t."cdDispositivo", t."cdSensor", json_build_object(
               'cdDispositivo', t."cdDispositivo", 'cdSensor', t."cdSensor",
               'cdTipoSensor', t."cdTipoSensor", 'dsPonto', t."dsPonto", 'dsUnidade', k."dsUnidade",
               'dtRegistro', v."dtRegistro", 'nrValor', v."nrValor", 'blValor', v."blValor",
               'dsValor', v."dsValor", 'nrQualidade', v."nrQualidade") as entry
      from target t
      left join public."TbTipoSensor" k on k.id = t."cdTipoSensor"
      left join (
        select c.* from page p cross join lateral private.current_values(p.sensors, p.devices, p.clients) c
      ) v on v.sensor = t."cdSensor"
    )
    select json_build_object(
      'data', coalesce(json_agg(e.entry order by e.n) filter (where e.n <= p_page_size), '[]'),
      'nextCursor', case when count(*) > p_page_size then private.write_cursor(array[
        (max(e."cdDispositivo") filter (where e.n = p_page_size))::text,
        (max(e."cdSensor") filter (where e.n = p_page_size))::text]) end)
    from entry e);
end
$$;
comment on function public.get_ultimos_valores is 'The latest value of every sensor of many devices.';
revoke all on function public.get_ultimos_valores from public;
grant execute on function public.get_ultimos_valores to authenticated, service_role;
-- end
