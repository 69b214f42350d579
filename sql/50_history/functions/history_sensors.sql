-- What is told about the positions of a page.
--
-- Sensors that ever were on these devices. Security definer: after a device or sensor moved on, the history of its former
-- owner stays readable, though the sensor itself is not visible to them any more.
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
  'Sensors that ever were on devices that the caller''s clients ever owned.';
revoke all on function private.history_sensors from public;
grant execute on function private.history_sensors to authenticated, service_role;
