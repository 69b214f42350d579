-- See private.sum_days.
-- p_since, p_until   starts of days, the end is excluded
create function private.sum_days_of_all(p_since timestamp, p_until timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_target record;
begin
  select array_agg(s."cdSensor") as sensors, array_agg(d) as days into v_target
  from public."TbSensor" s cross join generate_series(p_since, p_until - interval '1 day', '1 day') d;
  perform private.sum_days(v_target.sensors, v_target.days);
end
$$;
comment on function private.sum_days_of_all is 'Makes the rollups of whole days of all sensors.';
revoke all on function private.sum_days_of_all from public;
