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
