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
-- Who may call it: every API role; row-level security decides which rows.
create function private.bucket_points(p_minutes integer, p_sensor integer, p_since timestamp,
  p_until timestamp, p_limit integer, p_aggregation text, out data json, out last_time timestamp,
  out more boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan set work_mem = '16MB' as $$
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
      from private.buckets(p_minutes, array[p_sensor], v_plan, true) b
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
      from private.buckets(p_minutes, array[p_sensor], v_plan, true) b
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
set plan_cache_mode = force_generic_plan as $$
declare
  v_plan private.reading_plan := private.plan_reading(60, array[p_sensor], p_since, p_until);
begin
  return (select coalesce(sum(b."nrQtd"), 0) from private.buckets(60, array[p_sensor], v_plan, true) b);
end
$$;
comment on function private.count_values is 'How many numeric values a sensor has in a time range.';
revoke all on function private.count_values from public;
grant execute on function private.count_values to authenticated, service_role;
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
    select r."nrValor" is not null from public."TbSensorRegistro" r
    where r."cdSensor" = p_sensor and r."dtRegistro" >= p_since and r."dtRegistro" < p_until
    order by r."dtRegistro" desc limit 1), true);
end
$$;
comment on function private.is_numeric_point is
  'Whether the newest value of a time range is a number; true when there is none.';
revoke all on function private.is_numeric_point from public;
grant execute on function private.is_numeric_point to authenticated, service_role;
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
        from public."TbSensorRegistro" r
        where r."cdSensor" = p_sensor and r."dtRegistro" >= greatest(v_begin, p_since)
          and r."dtRegistro" < least(last_time + make_interval(mins => p_minutes), p_until)
          and r."nrValor" is not null and r."nrQualidade" < 2
        order by 1, r."dtRegistro" desc, r."cdCliente" desc
      ) l on l.ts = (e ->> 'ts')::timestamp
    ) b);
end
$$;
comment on function private.last_points is 'Buckets of one sensor with the last value of each.';
revoke all on function private.last_points from public;
grant execute on function private.last_points to authenticated, service_role;
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
    from public."TbSensorRegistro" r
    where r."cdSensor" = p_sensor and r."dtRegistro" >= p_since and r."dtRegistro" < p_until
      and (p_client is null or r."dtRegistro" > p_since or r."cdCliente" > p_client)
    order by r."dtRegistro", r."cdCliente" limit p_limit
  ) r;
  if not more then
    return;
  end if;
  select case when count(*) = 1 then min(r."cdCliente") end into last_client
  from public."TbSensorRegistro" r
  where r."cdSensor" = p_sensor and r."dtRegistro" = last_time;
  if last_client is null then
    select r."cdCliente" into last_client
    from public."TbSensorRegistro" r
    where r."cdSensor" = p_sensor and r."dtRegistro" >= p_since and r."dtRegistro" < p_until
      and (p_client is null or r."dtRegistro" > p_since or r."cdCliente" > p_client)
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
-- The resolution of a response. Buckets requested by name need no look at the values here: see
-- private.require_numbers.
-- Who may call it: every API role, as get_data_points runs as its caller.
create function private.resolve_resolution(p_sensor integer, p_since timestamp, p_until timestamp, p_agg text,
  p_points integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return case
    when p_agg not in ('raw', 'auto') then p_agg
    when not private.is_numeric_point(p_sensor, p_since, p_until) then 'raw'
    when p_agg = 'auto' then private.choose_resolution(p_sensor, p_since, p_until, coalesce(p_points, 3000))
    when p_until - p_since > interval '14 days' then '1m'
    -- thinning looks at every value, and so many take a second
    when p_points is not null and private.count_values(p_sensor, p_since, p_until) > 100000 then '1m'
    else 'raw'
  end;
end
$$;
comment on function private.resolve_resolution is 'The resolution of a response.';
revoke all on function private.resolve_resolution from public;
grant execute on function private.resolve_resolution to authenticated, service_role;
-- The type of a sensor, with its unit and how several values are summed up; nulls when the caller has no part
-- in the sensor, or not in the type. For a former owner it is the type that the sensor had when it left.
-- Who may call it: every API role, as get_data_points runs as its caller.
-- Security definer: looks at sensors that left the caller's clients.
create function private.sensor_kind(p_sensor integer, out id bigint, out unit text, out aggregation text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
  v_visible_clients integer[] := private.visible_clients();
  v_type bigint := (
    select s."cdTipoSensor" from public."TbSensor" s
    join public."TbDispositivo" d on d."cdDispositivo" = s."cdDispositivo"
    where s."cdSensor" = p_sensor and d."cdCliente" = any (v_visible_clients));
begin
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
  'Type, unit and aggregation of a sensor, as far as the caller may know them.';
revoke all on function private.sensor_kind from public;
grant execute on function private.sensor_kind to authenticated, service_role;
-- Thins by largest triangle three buckets (Steinarsson 2013), which keeps the points that shape the curve.
-- The first and the last value stay; the others are divided into equal pieces, and of each piece the value
-- stays that makes the largest triangle with the value chosen before and the mean of the next piece. For the
-- choice, values are limited to 1e140, so that no area and no mean
-- overflows (avg squares what it is given). Part of public.get_data_points.
-- Who may call it: every API role; row-level security decides which values.
create function private.thinned_points(p_sensor integer, p_since timestamp, p_until timestamp,
  p_points integer) returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_total bigint := ( -- with faults, which rollups do not count
    select count(*) from public."TbSensorRegistro" r
    where r."cdSensor" = p_sensor and r."dtRegistro" >= p_since and r."dtRegistro" < p_until
      and r."nrValor" is not null);
  v_piece record;
  v_ts timestamp;
  v_y double precision;
  v_point json;
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
             min(l.ts) as since, max(l.ts) as until, avg(l.x) as x, avg(l.y) as y
      from (
        select r."dtRegistro" as ts, date_part('epoch', r."dtRegistro" - p_since) as x,
               greatest(-1e140, least(1e140, r."nrValor")) as y,
               row_number() over (order by r."dtRegistro") as n
        from public."TbSensorRegistro" r
        where r."cdSensor" = p_sensor and r."dtRegistro" >= p_since and r."dtRegistro" < p_until
          and r."nrValor" is not null
      ) l
      group by 1
    ) p
    order by p.k
  loop
    select r."dtRegistro", greatest(-1e140, least(1e140, r."nrValor")),
           json_build_object('ts', r."dtRegistro", 'value', r."nrValor", 'quality', r."nrQualidade")
    into v_ts, v_y, v_point
    from public."TbSensorRegistro" r
    where r."cdSensor" = p_sensor and r."dtRegistro" >= v_piece.since and r."dtRegistro" <= v_piece.until
      and r."nrValor" is not null
    order by private.triangle_area(
               date_part('epoch', v_ts - p_since), v_y,
               date_part('epoch', r."dtRegistro" - p_since), greatest(-1e140, least(1e140, r."nrValor")),
               v_piece.next_x, v_piece.next_y) desc nulls last,
             r."dtRegistro"
    limit 1;
    v_points := array_append(v_points, v_point);
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
-- Values or buckets of one sensor, ascending:
-- {cdSensor, cdTipoSensor, dsUnidade, dsAgregacao, agg, degraded, thinned, expired, data, complete,
-- nextCursor}.
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
-- data          raw {ts, value, quality}; otherwise {ts, avg, min, max, sum, count, value}, in UTC; avg and
--               sum are null where they overflow, value is what the sensor's type chooses (dsAgregacao: sum,
--               mean or last; without a type the mean), null where the last has expired
-- expired       some of the range has expired, on whatever page
-- complete      false when some has expired, or when there is more (nextCursor)
-- Who: callers with the permission read; row-level security decides which values.
-- Raises PT400 INVALID_PARAMETER.
create function public.get_data_points(p_cd_sensor integer, p_dt_inicio timestamptz, p_dt_fim timestamptz,
  p_agg text default 'auto', p_limit integer default 10000, p_cursor text default null,
  p_max_points integer default null, p_exigir boolean default false) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := p_dt_inicio at time zone 'UTC';
  v_until timestamp := p_dt_fim at time zone 'UTC';
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
  perform private.require_permission('read');
  perform private.require_points_arguments(v_since, v_until, p_agg, p_limit, p_max_points);
  v_kind := private.sensor_kind(p_cd_sensor);
  if v_key[1] is null then
    v_agg := private.resolve_resolution(p_cd_sensor, v_since, v_until, p_agg, p_max_points);
    v_thinned := v_agg = 'raw' and p_max_points is not null
      and private.is_numeric_point(p_cd_sensor, v_since, v_until);
  end if;
  v_expired := private.has_expired(case when v_kind.aggregation = 'last' then null
                                        else private.bucket_minutes(v_agg) end,
                                   p_cd_sensor, v_since, v_until);
  if v_after is not null then
    v_since := greatest(v_since, v_after + case
      when v_agg <> 'raw' then make_interval(mins => private.bucket_minutes(v_agg))
      when v_client is null then interval '1 microsecond'
      else interval '0' end);
  end if;
  if v_thinned then
    select private.thinned_points(p_cd_sensor, v_since, v_until, p_max_points) as data,
           null::timestamp as last_time, false as more
    into v_points;
  elsif v_agg = 'raw' then
    v_points := private.raw_points(
      p_cd_sensor, v_since, v_until, p_limit, case when v_since = v_after then v_client end);
    v_last_client := v_points.last_client;
  else
    if v_kind.aggregation = 'last' then
      v_points := private.last_points(
        private.bucket_minutes(v_agg), p_cd_sensor, v_since, v_until, p_limit);
    else
      v_points := private.bucket_points(
        private.bucket_minutes(v_agg), p_cd_sensor, v_since, v_until, p_limit, v_kind.aggregation);
    end if;
    if v_points.last_time is null and v_key[1] is null then
      perform private.require_numbers(p_cd_sensor, v_since, v_until, v_agg);
    end if;
  end if;
  if p_exigir and json_array_length(v_points.data) = 0 then
    perform private.require_found(private.is_known_sensor(p_cd_sensor), 'sensor');
  end if;
  return json_build_object(
    'cdSensor', p_cd_sensor, 'cdTipoSensor', v_kind.id, 'dsUnidade', v_kind.unit,
    'dsAgregacao', v_kind.aggregation, 'agg', v_agg, 'degraded', v_agg <> 'raw' and p_agg = 'raw',
    'thinned', v_thinned, 'expired', v_expired,
    'data', v_points.data, 'complete', not v_expired and not v_points.more,
    'nextCursor', case when v_points.more
                       then private.write_cursor(array_remove(
                         array[v_agg, v_points.last_time::text, v_last_client::text], null)) end);
end
$$;
comment on function public.get_data_points is
  'Values of a sensor, or their rollup in buckets, exact at any moment.';
revoke all on function public.get_data_points from public;
grant execute on function public.get_data_points to authenticated, service_role;
-- end
