-- The sensors of a device that were at other devices, too: their rollups do not say whose they are.
create function private.shared_sensors(p_device integer) returns integer[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select distinct s."cdSensor" from public."TbSensorVinculo" s
    join public."TbSensorVinculo" o on o."cdSensor" = s."cdSensor" and o."cdDispositivo" <> s."cdDispositivo"
    where s."cdDispositivo" = p_device order by 1)
$$;
comment on function private.shared_sensors is 'The sensors of a device that were at other devices, too.';
revoke all on function private.shared_sensors from public;
