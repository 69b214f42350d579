-- The newest value of each of these sensors, if it came from this device while this client owned it: a sensor
-- or device that moved has none until it reports again. One search of the index for each sensor.
-- p_sensors, p_devices, p_clients   side by side: sensors, the devices they are on, and their owners
-- Part of public.get_ultimos_valores.
-- Who may call it: every API role; row-level security decides which values.
create function private.current_values(p_sensors integer[], p_devices integer[], p_clients integer[])
returns table (sensor integer, "dtRegistro" timestamp, "nrValor" double precision, "blValor" boolean,
               "dsValor" text, "nrQualidade" smallint)
language plpgsql stable rows 1000 set search_path = pg_catalog, pg_temp set enable_seqscan = off
set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_packed timestamp := private.packed_before();
begin
  return query
    select s.sensor, r."dtRegistro", r."nrValor", r."blValor", r."dsValor", r."nrQualidade"
    from unnest(p_sensors, p_devices, p_clients) s(sensor, device, client)
    cross join lateral ( -- packs are looked at for sensors only that have nothing newer
      (select * from private.value_rows() v
       where v."cdSensor" = s.sensor and v."dtRegistro" >= v_packed
       order by v."dtRegistro" desc, v."cdCliente" desc limit 1)
      union all
      select * from private.newest_value(s.sensor, '-infinity', v_packed)
      limit 1
    ) r
    where r."cdDispositivo" = s.device and r."cdCliente" = s.client;
end
$$;
comment on function private.current_values is 'The newest value of each of these sensors.';
revoke all on function private.current_values from public;
grant execute on function private.current_values to authenticated, service_role;
