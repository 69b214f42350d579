-- Sensors that were ever on these devices, with their type and tare: those of today for whoever sees the
-- sensor, and otherwise what they were when it left (private.keep_former_sensors).
-- Security definer: the history of a former owner stays readable after a device or sensor moved on, though
-- this owner can no longer see the sensor; the function itself requires that the caller's clients own or
-- owned the device.
-- Who may call it: every API role.
create function private.history_sensors(p_devices integer[])
returns table ("cdDispositivo" integer, "cdSensor" integer, "cdTipoSensor" bigint, "nrUnidadeIni" integer)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
    select distinct v."cdDispositivo", s."cdSensor", coalesce((k.kept ->> 0)::bigint, s."cdTipoSensor"),
           case when k.kept is null then s."nrUnidadeIni" else (k.kept ->> 1)::integer end
    from public."TbSensorVinculo" v
    join public."TbSensor" s on s."cdSensor" = v."cdSensor"
    left join public."TbDispositivo" o on o."cdDispositivo" = s."cdDispositivo"
      and o."cdCliente" = any ((select private.visible_clients())::integer[])
    left join lateral (
      select d."jsSensores" -> s."cdSensor"::text as kept
      from public."TbDispositivoVinculo" d
      where o."cdDispositivo" is null and d."cdDispositivo" = v."cdDispositivo"
        and d."cdCliente" = any ((select private.visible_clients())::integer[])
        and d."jsSensores" ? s."cdSensor"::text
      order by d."dtFim" desc nulls first limit 1
    ) k on true
    where v."cdDispositivo" = any (p_devices)
      and exists (
        select from public."TbDispositivoVinculo" d
        where d."cdDispositivo" = v."cdDispositivo"
          and d."cdCliente" = any ((select private.visible_clients())::integer[]));
end
$$;
comment on function private.history_sensors is
  'Sensors ever on devices that the caller''s clients own or owned.';
revoke all on function private.history_sensors from public;
grant execute on function private.history_sensors to authenticated, service_role;
