-- How an hour is summed up: its numeric values, without faults (quality 2). The unit is a whole hour of a
-- sensor, always made from its values, so that making it twice or in another order gives the same rows. Each
-- level is made from the finer one, and each value is read once. What a device sent for different owners is
-- summed up apart, and how fine depends on the owner's values alone. The rows must not exist yet
-- (private.forget_hours), except those of clients whose values have expired. Minutes and five minutes are
-- kept only for hours with at least nrRazaoRollup values for each of their buckets; nrFino says which there
-- are.
-- p_sensors, p_since, p_until   sensors, each with whole hours, end excluded
create function private.sum_hours(p_sensors integer[], p_since timestamp[], p_until timestamp[])
returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_ratio integer := (select "nrRazaoRollup" from private."TbConfiguracao");
  v_hours integer;
  v_coarse timestamp[]; -- hours without some finer rollup
begin
  with minute as materialized (
    select r.*
    from unnest(p_sensors, p_since, p_until) as a(sensor, since, until)
    cross join lateral (
      select r."cdSensor", r."cdCliente", r."cdProdutoItem", date_trunc('minute', r."dtRegistro") as b,
             count(*)::integer as n, sum(private.summable(r."nrValor")) as s,
             min(r."nrValor") as lowest, max(r."nrValor") as highest
      from private.values_between(a.sensor, a.since, a.until) r
      where r."nrValor" is not null and r."nrQualidade" < 2
      group by 1, 2, 3, 4
      offset 0 -- from the index, sensor by sensor
    ) r
  ), five as materialized (
    select "cdSensor", "cdCliente", "cdProdutoItem", date_bin('5 minutes', b, timestamp '2000-01-01') as b,
           sum(n)::integer as n, sum(s) as s, min(lowest) as lowest, max(highest) as highest,
           count(*) as minutes
    from minute group by 1, 2, 3, 4
  ), hour as (
    select "cdSensor", "cdCliente", "cdProdutoItem", date_trunc('hour', b) as b,
           sum(n)::integer as n, sum(s) as s, min(lowest) as lowest, max(highest) as highest,
           sum(minutes) as minutes, count(*) as fives
    from five group by 1, 2, 3, 4
  ), measured as materialized ( -- the same for every row of an hour of a sensor and client
    select h.*, case when sum(n) over sensor_hour >= v_ratio * sum(minutes) over sensor_hour then 1
                     when sum(n) over sensor_hour >= v_ratio * sum(fives) over sensor_hour then 5
                     else 60 end as finest
    from hour h
    window sensor_hour as (partition by "cdSensor", "cdCliente", b)
  ), one_minute_rows as (
    insert into series."TbSensorRegistro1m" (
      "dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
    select x.b, x.s, x.lowest, x.highest, x.n, x."cdSensor", x."cdCliente", x."cdProdutoItem"
    from minute x
    join (select distinct "cdSensor", "cdCliente", b from measured where finest = 1) d
      on d."cdSensor" = x."cdSensor" and d."cdCliente" = x."cdCliente" and d.b = date_trunc('hour', x.b)
    order by x."cdSensor", x.b
  ), five_minute_rows as (
    insert into series."TbSensorRegistro5m" (
      "dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
    select x.b, x.s, x.lowest, x.highest, x.n, x."cdSensor", x."cdCliente", x."cdProdutoItem"
    from five x
    join (select distinct "cdSensor", "cdCliente", b from measured where finest <= 5) d
      on d."cdSensor" = x."cdSensor" and d."cdCliente" = x."cdCliente" and d.b = date_trunc('hour', x.b)
    order by x."cdSensor", x.b
  ), hour_rows as (
    insert into series."TbSensorRegistro1h" (
      "dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem", "nrFino")
    select b, s, lowest, highest, n, "cdSensor", "cdCliente", "cdProdutoItem", finest
    from measured
    order by "cdSensor", b
    returning "dtBucket", "nrFino"
  )
  select count(*), array_agg(distinct h."dtBucket") filter (where h."nrFino" > 1)
  into v_hours, v_coarse
  from hour_rows h;
  perform private.extend_calendar(v_coarse);
  return v_hours;
end
$$;
comment on function private.sum_hours is
  'Makes the rollups of whole hours of sensors; returns how many hours.';
revoke all on function private.sum_hours from public;
