-- Deletes the rollups of whole hours of sensors, so that private.sum_hours can make them again. Those of
-- clients whose values of that time have expired stay, as they could not be made again.
-- p_sensors, p_hours   sensors, each with the start of an hour
create function private.forget_hours(p_sensors integer[], p_hours timestamp[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_table text;
begin
  for v_table in select unnest(array['TbSensorRegistro1m', 'TbSensorRegistro5m', 'TbSensorRegistro1h']) loop
    execute format($s$
      delete from series.%I b
      using unnest($1, $2) as a(sensor, hour)
      where b."cdSensor" = a.sensor and b."dtBucket" >= a.hour and b."dtBucket" < a.hour + interval '1 hour'
        and not exists (
          select from private."TbRetencaoPiso" f
          where f."cdCliente" = b."cdCliente" and f."cdDispositivo" = 0 and b."dtBucket" < f."dtBruto"
            and b."dtBucket" < private.raw_expired_before(b."cdCliente", b."cdSensor"))
    $s$, v_table) using p_sensors, p_hours;
  end loop;
end
$$;
comment on function private.forget_hours is 'Deletes the rollups of whole hours of sensors.';
revoke all on function private.forget_hours from public;
