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
