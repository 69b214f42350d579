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
