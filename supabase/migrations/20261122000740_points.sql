-- Readings of one sensor, or their rollup, for a curve.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/70_points/functions
create function private.bucket_minutes(p_agg text) returns integer
language sql immutable parallel safe as $$
  select case p_agg when '1m' then 1 when '5m' then 5 when '1h' then 60 end
$$;
comment on function private.bucket_minutes is 'Width of the buckets in minutes; null for raw.';
revoke all on function private.bucket_minutes from public;
grant execute on function private.bucket_minutes to authenticated, service_role;
-- The points of public.get_data_points: readings, or buckets.
create function private.bucket_points(p_minutes integer, p_sensor integer, p_since timestamp, p_until timestamp, p_limit integer,
                                         out data json, out last_time timestamp, out more boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan set work_mem = '16MB' as $$
declare
  v_plan private.reading_plan := private.plan_reading(p_minutes, array[p_sensor], p_since, p_until);
begin
  -- a row as JSON costs half of what json_build_object does; whether another follows is not looked for
  if v_plan.is_split then
    select coalesce(json_agg(b), '[]'), max(b.ts), count(*) = p_limit
    into data, last_time, more
    from (
      select b."dtBucket" as ts, case when abs(sum(b."nrSoma")) < 'Infinity' then sum(b."nrSoma") / sum(b."nrQtd") end as avg,
             min(b."nrMin") as min, max(b."nrMax") as max,
             case when abs(sum(b."nrSoma")) < 'Infinity' then sum(b."nrSoma") end as sum, sum(b."nrQtd") as count
      from private.buckets(p_minutes, array[p_sensor], v_plan, true) b
      group by 1 order by 1 limit p_limit
    ) b;
  else
    select coalesce(json_agg(b), '[]'), max(b.ts), count(*) = p_limit
    into data, last_time, more
    from (
      select b."dtBucket" as ts, case when abs(b."nrSoma") < 'Infinity' then b."nrSoma" / b."nrQtd" end as avg,
             b."nrMin" as min, b."nrMax" as max, case when abs(b."nrSoma") < 'Infinity' then b."nrSoma" end as sum, b."nrQtd" as count
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
-- The finest resolution with at most p_points points. A window that begins in mid-minute touches one minute more.
create function private.choose_resolution(p_sensor integer, p_since timestamp, p_until timestamp, p_points integer) returns text
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
comment on function private.choose_resolution is
  'The finest resolution that gives at most so many points.';
revoke all on function private.choose_resolution from public;
grant execute on function private.choose_resolution to authenticated, service_role;
-- Which resolution an answer has, and whether it can have it.
create function private.count_buckets(p_minutes integer, p_since timestamp, p_until timestamp) returns bigint
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select (date_part('epoch', date_bin(l.width, p_until - interval '1 microsecond', timestamp '2000-01-01')
                           - date_bin(l.width, p_since, timestamp '2000-01-01')) / 60)::bigint / p_minutes + 1
  from (select make_interval(mins => p_minutes) as width) l
$$;
comment on function private.count_buckets is 'How many buckets a time touches, its end excluded.';
revoke all on function private.count_buckets from public;
grant execute on function private.count_buckets to authenticated, service_role;
create function private.count_values(p_sensor integer, p_since timestamp, p_until timestamp) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_plan private.reading_plan := private.plan_reading(60, array[p_sensor], p_since, p_until);
begin
  return (select coalesce(sum(b."nrQtd"), 0) from private.buckets(60, array[p_sensor], v_plan, true) b);
end
$$;
comment on function private.count_values is 'How many numbers a sensor reported, by its rollups.';
revoke all on function private.count_values from public;
grant execute on function private.count_values to authenticated, service_role;
-- The newest reading of the time asked for says what kind of point it is.
create function private.is_numeric_point(p_sensor integer, p_since timestamp, p_until timestamp) returns boolean
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
comment on function private.is_numeric_point is 'The newest reading is a number, or there is none.';
revoke all on function private.is_numeric_point from public;
grant execute on function private.is_numeric_point to authenticated, service_role;
create function private.raw_points(p_sensor integer, p_since timestamp, p_until timestamp, p_limit integer,
                                      out data json, out last_time timestamp, out more boolean)
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan as $$
begin
  select coalesce(json_agg(r), '[]'), max(r.ts), count(*) = p_limit
  into data, last_time, more
  from (
    select r."dtRegistro" as ts, coalesce(to_json(r."nrValor"), to_json(r."blValor"), to_json(r."dsValor")) as value,
           r."nrQualidade" as quality
    from public."TbSensorRegistro" r
    where r."cdSensor" = p_sensor and r."dtRegistro" >= p_since and r."dtRegistro" < p_until
    order by r."dtRegistro" limit p_limit
  ) r;
end
$$;
comment on function private.raw_points is
  'Readings of one sensor as JSON, ascending, the time of the last one, and whether there may be more.';
revoke all on function private.raw_points from public;
grant execute on function private.raw_points to authenticated, service_role;
-- What public.get_data_points is asked for: the page, the resolution, and whether some of it has expired.
--
-- Opaque to callers: base64 of 'agg,last time given', so that all pages of an answer have one resolution.
create function private.read_points_cursor(p_text text, out agg text, out after_time timestamp)
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_parts text[];
begin
  if p_text is null then
    return;
  end if;
  v_parts := regexp_match(convert_from(decode(p_text, 'base64'), 'UTF8'),
                           '^(raw|1m|5m|1h),(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)$');
  if v_parts is null then
    raise data_exception;
  end if;
  agg := v_parts[1];
  after_time := v_parts[2]::timestamp;
exception
  when data_exception then -- of every kind: bad base64, bad UTF-8, a date that is none
    raise sqlstate 'PT400' using message = 'cursor is not one that was handed out', hint = 'INVALID_PARAMETER';
end
$$;
comment on function private.read_points_cursor is 'Where a page of data points begins; nulls for the first one.';
revoke all on function private.read_points_cursor from public;
grant execute on function private.read_points_cursor to authenticated, service_role;
-- Asked only where no bucket was found, so that who has numbers does not pay for it. PT400 INVALID_PARAMETER.
create function private.require_numbers(p_sensor integer, p_since timestamp, p_until timestamp, p_agg text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not private.is_numeric_point(p_sensor, p_since, p_until) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('agg %s needs numbers; this sensor reports booleans or texts: ask for raw', p_agg);
  end if;
end
$$;
comment on function private.require_numbers is
  'PT400 for buckets of a time in which a sensor reported, but no numbers.';
revoke all on function private.require_numbers from public;
grant execute on function private.require_numbers to authenticated, service_role;
create function private.require_points_arguments(p_since timestamp, p_until timestamp, p_agg text, p_limit integer, p_points integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_error text := case
    when not coalesce(isfinite(p_since) and isfinite(p_until), false) then 'from and to are needed, and finite'
    when p_until < p_since then 'to must not be before from'
    when not coalesce(p_agg in ('raw', '1m', '5m', '1h', 'auto'), false) then 'agg is one of raw, 1m, 5m, 1h, auto'
    when not coalesce(p_limit between 1 and 100000, false) then 'limit is 1 to 100000'
    when not p_points between 3 and 10000 then 'maxPoints is 3 to 10000'
  end;
begin
  if v_error is not null then
    raise sqlstate 'PT400' using message = v_error, hint = 'INVALID_PARAMETER';
  end if;
end
$$;
comment on function private.require_points_arguments is
  'PT400 unless these are arguments of get_data_points.';
revoke all on function private.require_points_arguments from public;
grant execute on function private.require_points_arguments to authenticated, service_role;
-- Buckets that are asked for by name are looked at first: see private.require_numbers.
create function private.resolve_resolution(p_sensor integer, p_since timestamp, p_until timestamp, p_agg text, p_points integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return case
    when p_agg not in ('raw', 'auto') then p_agg
    when not private.is_numeric_point(p_sensor, p_since, p_until) then 'raw'
    when p_agg = 'auto' then private.choose_resolution(p_sensor, p_since, p_until, coalesce(p_points, 3000))
    when p_until - p_since > interval '14 days' then '1m'
    else 'raw'
  end;
end
$$;
comment on function private.resolve_resolution is 'The resolution of an answer.';
revoke all on function private.resolve_resolution from public;
grant execute on function private.resolve_resolution to authenticated, service_role;
-- Largest triangle, three buckets (Steinarsson 2013): keeps the points that shape the curve. The first and last stay; of each of
-- the even pieces between them the one that makes the largest triangle with the point chosen before and the mean of the
-- next piece. For the choice, values beyond 1e150 count as that: no area overflows.
create function private.thinned_points(p_sensor integer, p_since timestamp, p_until timestamp, p_points integer) returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_total bigint := private.count_values(p_sensor, p_since, p_until);
  v_piece record;
  v_ts timestamp;
  v_y double precision;
  v_point json;
  v_points json[] := array[]::json[];
begin
  if v_total <= p_points then
    return (private.raw_points(p_sensor, p_since, p_until, 100000)).data;
  end if;
  for v_piece in
    select p.*, lead(p.x) over (order by p.k) as next_x, lead(p.y) over (order by p.k) as next_y
    from (
      select case l.n when 1 then 0 when v_total then p_points
                      else ((l.n - 1) * (p_points - 2) + v_total - 3) / (v_total - 2) end as k, -- whole numbers: rounded up
             min(l.ts) as since, max(l.ts) as until, avg(l.x) as x, avg(l.y) as y
      from (
        select r."dtRegistro" as ts, date_part('epoch', r."dtRegistro" - p_since) as x,
               greatest(-1e150, least(1e150, r."nrValor")) as y, row_number() over (order by r."dtRegistro") as n
        from public."TbSensorRegistro" r
        where r."cdSensor" = p_sensor and r."dtRegistro" >= p_since and r."dtRegistro" < p_until and r."nrValor" is not null
      ) l
      group by 1
    ) p
    order by p.k
  loop
    select r."dtRegistro", greatest(-1e150, least(1e150, r."nrValor")),
           json_build_object('ts', r."dtRegistro", 'value', r."nrValor", 'quality', r."nrQualidade")
    into v_ts, v_y, v_point
    from public."TbSensorRegistro" r
    where r."cdSensor" = p_sensor and r."dtRegistro" >= v_piece.since and r."dtRegistro" <= v_piece.until and r."nrValor" is not null
    order by private.triangle_area(date_part('epoch', v_ts - p_since), v_y, date_part('epoch', r."dtRegistro" - p_since),
                               greatest(-1e150, least(1e150, r."nrValor")), v_piece.next_x, v_piece.next_y) desc nulls last,
             r."dtRegistro"
    limit 1;
    v_points := array_append(v_points, v_point);
  end loop;
  return array_to_json(v_points);
end
$$;
comment on function private.thinned_points is
  'At most so many of the readings of one sensor as JSON, chosen so that their curve looks the same.';
revoke all on function private.thinned_points from public;
grant execute on function private.thinned_points to authenticated, service_role;
-- The points of public.get_data_points, thinned.
--
-- Twice the area, or null at the ends. Differences below 1e-150 count as none: no product underflows. Inlined.
create function private.triangle_area(p_ax double precision, p_ay double precision, p_bx double precision, p_by double precision,
                                  p_cx double precision, p_cy double precision) returns double precision
language sql immutable parallel safe as $$
  select abs((p_ax - p_cx) * case when abs(p_by - p_ay) > 1e-150 then p_by - p_ay else 0 end
           - (p_ax - p_bx) * case when abs(p_cy - p_ay) > 1e-150 then p_cy - p_ay else 0 end)
$$;
comment on function private.triangle_area is 'Twice the area of a triangle.';
revoke all on function private.triangle_area from public;
grant execute on function private.triangle_area to authenticated, service_role;
create function private.write_points_cursor(p_agg text, p_after timestamp) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select translate(encode(convert_to(p_agg || ',' || p_after, 'UTF8'), 'base64'), E'\n', '')
$$;
comment on function private.write_points_cursor is 'The cursor behind this time.';
revoke all on function private.write_points_cursor from public;
grant execute on function private.write_points_cursor to authenticated, service_role;
-- end

-- from sql/70_points/rpc
-- Readings or buckets of one sensor, ascending: {cdSensor, agg, degraded, thinned, expired, data,
-- complete, nextCursor}.
-- p_dt_inicio, p_dt_fim   from, included, to, excluded; buckets at the ends hold what lies between them only
-- p_agg         raw, 1m, 5m, 1h, or auto: the finest with at most p_max_points points (3,000 unless given). raw over more than
--               14 days becomes 1m, degraded says so. A time of booleans and texts is raw only.
-- p_limit       points at most, 1 to 100,000;  p_cursor  nextCursor of the page before
-- p_max_points  raw only: thins what was asked for to so many points, 3 to 10,000, by largest triangles; in one page
-- data          raw {ts, value, quality}; otherwise {ts, avg, min, max, sum, count}, avg and sum null where they overflow. UTC
-- expired       some of what was asked for has, on whatever page;  complete  false then, and when there is more (nextCursor)
-- Who: callers with the permission read; row-level security decides which readings. Raises PT400 INVALID_PARAMETER.
create function public.get_data_points(p_cd_sensor integer, p_dt_inicio timestamptz, p_dt_fim timestamptz, p_agg text default 'auto',
                                       p_limit integer default 10000, p_cursor text default null, p_max_points integer default null)
returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_since timestamp := p_dt_inicio at time zone 'UTC';
  v_until timestamp := p_dt_fim at time zone 'UTC';
  v_cursor record := private.read_points_cursor(p_cursor);
  v_agg text := coalesce(v_cursor.agg, p_agg);
  v_thinned boolean := false;
  v_points record;
  v_expired boolean;
begin
  perform private.require_permission('read');
  perform private.require_points_arguments(v_since, v_until, p_agg, p_limit, p_max_points);
  if v_cursor.agg is null then
    v_agg := private.resolve_resolution(p_cd_sensor, v_since, v_until, p_agg, p_max_points);
    v_thinned := v_agg = 'raw' and p_max_points is not null and private.is_numeric_point(p_cd_sensor, v_since, v_until);
  end if;
  v_expired := private.has_expired(private.bucket_minutes(v_agg), p_cd_sensor, v_since, v_until);
  if v_cursor.after_time is not null then
    v_since := greatest(v_since, v_cursor.after_time + coalesce(make_interval(mins => private.bucket_minutes(v_agg)), interval '1 microsecond'));
  end if;
  if v_thinned then
    select private.thinned_points(p_cd_sensor, v_since, v_until, p_max_points) as data, null::timestamp as last_time, false as more into v_points;
  elsif v_agg = 'raw' then
    v_points := private.raw_points(p_cd_sensor, v_since, v_until, p_limit);
  else
    v_points := private.bucket_points(private.bucket_minutes(v_agg), p_cd_sensor, v_since, v_until, p_limit);
    if v_points.last_time is null and v_cursor.agg is null then
      perform private.require_numbers(p_cd_sensor, v_since, v_until, v_agg);
    end if;
  end if;
  return json_build_object(
    'cdSensor', p_cd_sensor, 'agg', v_agg, 'degraded', v_agg <> 'raw' and p_agg = 'raw', 'thinned', v_thinned,
    'expired', v_expired, 'data', v_points.data, 'complete', not v_expired and not v_points.more,
    'nextCursor', case when v_points.more then private.write_points_cursor(v_agg, v_points.last_time) end);
end
$$;
comment on function public.get_data_points is
  'Readings of a sensor, or their rollup in buckets, exact at any moment.';
revoke all on function public.get_data_points from public;
grant execute on function public.get_data_points to authenticated, service_role;
-- end
