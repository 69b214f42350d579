-- Type and tare of sensors, for the history of a client that they leave: whoever has them next may change
-- both. Kept with every device of that client that they were ever on. Part of private.record_device_link and
-- private.record_sensor_move.
create function private.keep_former_sensors(p_sensors integer[], p_client integer) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  update public."TbDispositivoVinculo" v
  set "jsSensores" = coalesce(v."jsSensores", '{}') || k.sensors
  from (
    select l."cdDispositivo", jsonb_object_agg(
             s."cdSensor", jsonb_build_array(s."cdTipoSensor", s."nrUnidadeIni")) as sensors
    from public."TbSensor" s
    join public."TbSensorVinculo" l on l."cdSensor" = s."cdSensor"
    where s."cdSensor" = any (p_sensors)
    group by l."cdDispositivo"
  ) k
  where v."cdDispositivo" = k."cdDispositivo" and v."cdCliente" = p_client
$$;
comment on function private.keep_former_sensors is
  'Keeps type and tare of sensors that leave a client, for its history.';
revoke all on function private.keep_former_sensors from public;
