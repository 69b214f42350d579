-- Whether a reading names one sensor twice, by its code and its point: such an element is rejected
-- (private.judge_elements). Called by private.open_months and private.rehearse_import.
create function private.names_sensor_twice(p_element private.element) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select count(*) <> count(distinct l."cdSensor") from unnest((p_element).sensor_values) l
$$;
comment on function private.names_sensor_twice is 'Whether a reading names one sensor twice.';
revoke all on function private.names_sensor_twice from public;
