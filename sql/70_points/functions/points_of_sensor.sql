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
