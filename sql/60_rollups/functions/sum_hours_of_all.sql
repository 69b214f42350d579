-- See private.sum_hours.
create function private.sum_hours_of_all(p_since timestamp, p_until timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_sensors integer[] := array(select s."cdSensor" from public."TbSensor" s);
begin
  return private.sum_hours(
    v_sensors,
    array_fill(p_since, array[cardinality(v_sensors)]),
    array_fill(p_until, array[cardinality(v_sensors)]));
end
$$;
comment on function private.sum_hours_of_all is 'Makes the rollups of whole hours of all sensors.';
revoke all on function private.sum_hours_of_all from public;
