-- Deletes one day of positions and values of a client, or of a device with a floor of its own, after
-- completing its rollups. By now nobody may write to that day any more (private.expire_raw). Returns how
-- many rows.
create function private.delete_raw_day(p_client integer, p_device integer, p_since timestamp,
  p_until timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_devices integer[] := private.expiring_devices(p_client, p_device);
  v_sensors integer[] := private.expiring_sensors(p_client, p_device, p_raw => p_until);
  v_values integer;
  v_positions integer;
begin
  perform private.complete_rollups(p_client, v_sensors, p_since, p_until);
  perform set_config('rastro.dirty_marking', 'in bulk', true); -- expired rows make no hour dirty
  delete from series."TbSensorRegistro" r
  where r."cdSensor" = any (v_sensors) and r."cdCliente" = p_client
    and r."dtRegistro" >= p_since and r."dtRegistro" < p_until;
  get diagnostics v_values = row_count;
  delete from series."TbPosicao" p
  where p."cdDispositivo" = any (v_devices) and p."dtRegistro" >= p_since and p."dtRegistro" < p_until
    and p."cdCliente" = p_client;
  get diagnostics v_positions = row_count;
  perform set_config('rastro.dirty_marking', '', true);
  with packed_values as ( -- whole chunks, with their last day
    delete from series."TbSensorRegistroFrio" c
    where c."cdSensor" = any (v_sensors) and c."cdCliente" = p_client and c."dtUltimo" < p_until
    returning c."nrQtd"
  ), packed_positions as (
    delete from series."TbPosicaoFria" c
    where c."cdDispositivo" = any (v_devices) and c."cdCliente" = p_client and c."dtUltimo" < p_until
    returning c."nrQtd"
  )
  select v_values + coalesce((select sum(v."nrQtd") from packed_values v), 0),
         v_positions + coalesce((select sum(p."nrQtd") from packed_positions p), 0)
  into v_values, v_positions;
  delete from series."TbContagemDiaria" c
  where c."cdDispositivo" = any (v_devices) and c."cdCliente" = p_client
    and c."dtDia" >= p_since and c."dtDia" < p_until;
  return v_values + v_positions;
end
$$;
comment on function private.delete_raw_day is
  'Deletes a day of positions and values of a client; returns how many.';
revoke all on function private.delete_raw_day from public;
