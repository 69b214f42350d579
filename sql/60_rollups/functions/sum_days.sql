-- How a day is summed up: from its hours, whatever these were made of. Existing rows are replaced.
-- p_sensors, p_days   sensors, each with the start of a day (UTC)
create function private.sum_days(p_sensors integer[], p_days timestamp[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off as $$
declare
  v_since timestamp := (select min(d) from unnest(p_days) d);
  v_until timestamp := (select max(d) + interval '1 day' from unnest(p_days) d);
begin
  perform private.unpack_rollups(p_sensors, p_days, 60);
  delete from series."TbSensorRegistro1d" b
  using unnest(p_sensors, p_days) as a(sensor, day)
  where b."cdSensor" = a.sensor and b."dtBucket" = a.day
    and b."dtBucket" >= v_since and b."dtBucket" < v_until;
  execute format($s$
    insert into series."TbSensorRegistro1d" (
      "dtBucket", "nrSoma", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem", %s)
    select h.day, sum(h."nrSoma"), sum(h."nrQtd"), h."cdSensor", h."cdCliente", h."cdProdutoItem", %s
    from (
      select a.day, date_part('hour', b."dtBucket")::integer as hour, b.*
      from unnest($1, $2) as a(sensor, day)
      join series."TbSensorRegistro1h" b
        on b."cdSensor" = a.sensor and b."dtBucket" >= a.day and b."dtBucket" < a.day + interval '1 day'
        and b."dtBucket" >= $3 and b."dtBucket" < $4 -- prunes partitions
      offset 0
    ) h
    group by h."cdSensor", h.day, h."cdCliente", h."cdProdutoItem"
    order by h."cdSensor", h.day
  $s$, private.for_each_hour('"nrQtd##", "nrSoma##"', 0, 24, ', '),
       private.for_each_hour(
         'coalesce(sum(h."nrQtd") filter (where hour = ##), 0), '
         'coalesce(sum(h."nrSoma") filter (where hour = ##), 0)',
         0, 24, ', '))
  using p_sensors, p_days, v_since, v_until;
end
$$;
comment on function private.sum_days is 'Makes the rollups of days of sensors again, from their hours.';
revoke all on function private.sum_days from public;
