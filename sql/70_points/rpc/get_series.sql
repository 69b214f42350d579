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
