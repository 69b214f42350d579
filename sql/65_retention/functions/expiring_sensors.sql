-- The sensors of private.expiring_devices whose values, or rollups, may be deleted before the times given. A
-- sensor that was at several devices has the lowest of their floors, as its rollups do not say which of them
-- they are from.
create function private.expiring_sensors(p_client integer, p_device integer, p_raw timestamp default null,
  p_one_minute timestamp default null, p_five_minutes timestamp default null,
  p_one_hour timestamp default null) returns integer[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select distinct s."cdSensor" from public."TbSensorVinculo" s
    where s."cdDispositivo" = any (private.expiring_devices(p_client, p_device))
      and not exists (
        select from private."TbRetencaoPiso" f
        join public."TbSensorVinculo" o on o."cdDispositivo" = f."cdDispositivo"
        where f."cdCliente" = p_client and f."cdDispositivo" not in (0, p_device)
          and o."cdSensor" = s."cdSensor"
          and (f."dtBruto" < p_raw or f."dt1m" < p_one_minute or f."dt5m" < p_five_minutes
               or f."dt1h" < p_one_hour)))
$$;
comment on function private.expiring_sensors is
  'The sensors of a client whose values or rollups may be deleted before the times given.';
revoke all on function private.expiring_sensors from public;
