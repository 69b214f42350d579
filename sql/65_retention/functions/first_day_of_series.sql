-- The day of the oldest position or value of a device.
create function private.first_day_of_series(p_device integer, p_sensors integer[]) returns timestamp
language sql stable set search_path = pg_catalog, pg_temp as $$
  select date_trunc('day', min(f.first))
  from (
    (select p."dtRegistro" as first from series."TbPosicao" p where p."cdDispositivo" = p_device
     order by p."dtRegistro" limit 1)
    union all
    select min(c."dtPrimeiro") from series."TbPosicaoFria" c where c."cdDispositivo" = p_device
    union all
    select min(c."dtPrimeiro") from series."TbSensorRegistroFrio" c where c."cdSensor" = any (p_sensors)
    union all
    select r.first from unnest(p_sensors) s (sensor)
    cross join lateral (
      select r."dtRegistro" as first from series."TbSensorRegistro" r
      where r."cdSensor" = s.sensor and r."cdDispositivo" = p_device order by r."dtRegistro" limit 1) r
  ) f
$$;
comment on function private.first_day_of_series is 'The day of the oldest position or value of a device.';
revoke all on function private.first_day_of_series from public;
