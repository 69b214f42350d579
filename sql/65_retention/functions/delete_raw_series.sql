-- Deletes positions and values of a device before a time, and adds them to a receipt. Hours of sensors that
-- were at other devices, too, become dirty; those of the others lose their rollups altogether at the end.
-- Packed rows are unpacked first. Returns how many rows.
create function private.delete_raw_series(p_receipt uuid, p_device integer, p_sensors integer[],
  p_until timestamp default 'infinity') returns bigint
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_rows bigint;
begin
  perform private.unpack_values(p_sensors, p_until);
  perform private.unpack_positions(array[p_device], p_until);
  perform set_config('rastro.dirty_marking', case when private.shared_sensors(p_device) = '{}'
                                                  then 'in bulk' else '' end, true);
  v_rows := private.delete_with_receipt(p_receipt, 'series."TbSensorRegistro"', 'dtRegistro',
      't."cdSensor" = any ($2) and t."cdDispositivo" = $1 and t."dtRegistro" < $3', p_device, p_sensors,
      p_until)
    + private.delete_with_receipt(p_receipt, 'series."TbPosicao"', 'dtRegistro',
      't."cdDispositivo" = $1 and t."dtRegistro" < $3', p_device, p_sensors, p_until);
  perform set_config('rastro.dirty_marking', '', true);
  return v_rows;
end
$$;
comment on function private.delete_raw_series is
  'Deletes positions and values of a device before a time, with a receipt.';
revoke all on function private.delete_raw_series from public;
