-- Divides a time range into one range per day, for every device, and counts those. See private.count_hours.
create function private.count_hours_of_all(p_since timestamp, p_until timestamp, p_floor timestamp,
  p_watermark timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_target record;
begin
  select array_agg(d."cdDispositivo") as devices, array_agg(greatest(p_since, t.day)) as since,
         array_agg(least(p_until, t.day + interval '1 day')) as until
  into v_target
  from public."TbDispositivo" d
  cross join generate_series(date_trunc('day', p_since), p_until - interval '1 hour', '1 day') as t(day);
  return private.count_hours(v_target.devices, v_target.since, v_target.until, p_floor, p_watermark);
end
$$;
comment on function private.count_hours_of_all is
  'Counts the positions of all devices in whole hours; returns how many days were written.';
revoke all on function private.count_hours_of_all from public;
