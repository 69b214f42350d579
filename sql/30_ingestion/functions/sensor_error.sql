-- What is wrong with the sensor or point that a value names, as 'CODE text'. Called only for values that look
-- wrong; plpgsql, as private.in_sensor_unit.
create function private.sensor_error(p_n bigint, p_sensor jsonb, p_point jsonb) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return case
    when p_sensor is not null and not private.is_whole_number(p_sensor)
      then format('MALFORMED sensores[%s].cdSensor must be a whole number', p_n - 1)
    when p_sensor is not null
      then format('UNKNOWN_SENSOR sensores[%s]: the device has no sensor %s',
                  p_n - 1, left(p_sensor::text, 40))
    when jsonb_typeof(p_point) <> 'string'
      then format('MALFORMED sensores[%s].dsPonto must be a string', p_n - 1)
    else format('UNKNOWN_POINT sensores[%s]: the device has no point %s', p_n - 1, left(p_point::text, 80))
  end;
end
$$;
comment on function private.sensor_error is 'Why a value does not name a sensor of its device.';
revoke all on function private.sensor_error from public;
