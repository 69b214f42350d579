-- How many rows of each kind there are of devices and sensors of a client on each day, from the counters and
-- the rollup by day: an hour has finer rollups if it has enough values for them (private.sum_hours).
-- Part of private.preview_retention. code: of the sensor, or of the device where positions is not 0.
create function private.counts_by_day(p_client integer, p_devices integer[], p_sensors integer[],
  p_until timestamp)
returns table (day timestamp, code integer, positions bigint, quantity bigint, days bigint, hours bigint,
               fives bigint, minutes bigint)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_ratio integer := (select "nrRazaoRollup" from private."TbConfiguracao");
begin
  return query execute format($s$
    select d."dtBucket", d."cdSensor", 0::bigint, d."nrQtd"::bigint, 1::bigint, (%s)::bigint,
           12 * (%s)::bigint, 60 * (%s)::bigint
    from series."TbSensorRegistro1d" d
    where d."cdSensor" = any ($1) and d."cdCliente" = $2 and d."dtBucket" < $3
    $s$, private.for_each_hour('(d."nrQtd##" > 0)::integer', 0, 24, ' + '),
         private.for_each_hour('(d."nrQtd##" >= $4 * 12)::integer', 0, 24, ' + '),
         private.for_each_hour('(d."nrQtd##" >= $4 * 60)::integer', 0, 24, ' + '))
  using p_sensors, p_client, p_until, v_ratio;
  return query
  select c."dtDia"::timestamp, c."cdDispositivo", c."nrQtd"::bigint, 0::bigint, 0::bigint, 0::bigint,
         0::bigint, 0::bigint
  from series."TbContagemDiaria" c
  where c."cdDispositivo" = any (p_devices) and c."cdCliente" = p_client and c."dtDia" < p_until;
end
$$;
comment on function private.counts_by_day is
  'How many rows there are of devices and sensors of a client on each day, from counts.';
revoke all on function private.counts_by_day from public;
