-- Sensors that were ever on these devices.
-- Security definer: the history of a former owner stays readable after a device or sensor moved on, though
-- this owner can no longer see the sensor; the function itself requires that the caller's clients own or
-- owned the device.
-- Who may call it: every API role.
create function private.history_sensors(p_devices integer[])
returns table ("cdDispositivo" integer, "cdSensor" integer, "cdTipoSensor" bigint, "nrUnidadeIni" integer)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct v."cdDispositivo", s."cdSensor", s."cdTipoSensor", s."nrUnidadeIni"
  from public."TbSensorVinculo" v
  join public."TbSensor" s on s."cdSensor" = v."cdSensor"
  where v."cdDispositivo" = any (p_devices)
    and exists (
      select from public."TbDispositivoVinculo" d
      where d."cdDispositivo" = v."cdDispositivo"
        and d."cdCliente" = any ((select private.visible_clients())::integer[]))
$$;
comment on function private.history_sensors is
  'Sensors ever on devices that the caller''s clients own or owned.';
revoke all on function private.history_sensors from public;
grant execute on function private.history_sensors to authenticated, service_role;
