-- Whether packed history of devices in a time range (both ends included) is damaged, positions or the values
-- of their sensors, so that a page of it is not complete.
-- p_client   owner at receipt; null: every visible one
-- p_values   false: of positions only
-- Who may call it: every API role; row-level security decides which chunks.
create function private.is_damaged_history(p_devices integer[], p_client integer, p_since timestamp,
  p_until timestamp, p_values boolean default true) returns boolean
language sql stable set search_path = pg_catalog, pg_temp
begin atomic
  select exists (
      select from series."TbPosicaoFria" c
      where c."blDanificado" and c."cdDispositivo" = any (p_devices) and c."dtPrimeiro" <= p_until
        and c."dtUltimo" >= p_since and (p_client is null or c."cdCliente" = p_client)
    ) or p_values and exists (
      select from series."TbSensorRegistroFrio" c
      where c."blDanificado" and c."dtPrimeiro" <= p_until and c."dtUltimo" >= p_since
        and (p_client is null or c."cdCliente" = p_client)
        and c."cdSensor" in (select s."cdSensor" from private.history_sensors(p_devices) s));
end;
comment on function private.is_damaged_history is
  'Whether packed history of devices in a time range is damaged.';
revoke all on function private.is_damaged_history from public;
grant execute on function private.is_damaged_history to authenticated, service_role;
