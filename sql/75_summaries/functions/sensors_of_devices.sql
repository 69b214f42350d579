-- Sensors of some types that were ever on these devices.
-- The type of a sensor that has left the device is that of its history (private.history_sensors).
-- is_exclusive   the sensor was never on another device, so that its rollups are those of the device
-- Security definer: which devices a sensor was on must not depend on the caller; only devices of visible
-- clients are looked at.
-- Who may call it: every API role.
create function private.sensors_of_devices(p_devices integer[], p_types bigint[])
returns table ("cdDispositivo" integer, "cdSensor" integer, "cdTipoSensor" bigint, is_exclusive boolean)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan as $$
declare
  v_visible_clients integer[] := private.visible_clients();
begin
  return query
    select distinct v."cdDispositivo", v."cdSensor", t.type,
           not exists (
             select from public."TbSensorVinculo" o
             where o."cdSensor" = v."cdSensor" and o."cdDispositivo" <> v."cdDispositivo")
    from public."TbDispositivo" d
    join public."TbSensorVinculo" v on v."cdDispositivo" = d."cdDispositivo"
    join public."TbSensor" s on s."cdSensor" = v."cdSensor"
    cross join lateral (
      select case when s."cdDispositivo" = v."cdDispositivo" then s."cdTipoSensor" else (
        select h."cdTipoSensor" from private.history_sensors(array[v."cdDispositivo"]) h
        where h."cdSensor" = v."cdSensor") end as type
    ) t
    where d."cdDispositivo" = any (p_devices) and d."cdCliente" = any (v_visible_clients)
      and t.type = any (p_types);
end
$$;
comment on function private.sensors_of_devices is
  'Sensors of some types that were ever on these devices, and whether on no other device.';
revoke all on function private.sensors_of_devices from public;
grant execute on function private.sensors_of_devices to authenticated, service_role;
