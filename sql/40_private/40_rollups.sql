-- Sums up readings. The unit is an hour of a sensor: it is always made whole, from the readings, so that making it twice or
-- in another order gives the same.

-- A sum must not overflow, or one sensor would stop the upkeep: what is beyond 1e290 counts as infinite. Inlined.
create function private.somavel(p_valor double precision) returns double precision
language sql immutable parallel safe as $$
  select case when p_valor between -1e290 and 1e290 then p_valor else p_valor * 'Infinity' end
$$;
comment on function private.somavel(double precision) is 'The value, or infinity where sums could overflow.';
revoke all on function private.somavel(double precision) from public;
grant execute on function private.somavel(double precision) to authenticated, service_role;

-- Each level is made from the finer one, each reading read once. Nothing must be there for these hours yet, but of clients
-- whose readings have expired.
-- p_sensores, p_de, p_ate   sensors, each with the whole hours [de, ate)
create function private.somar_horas(p_sensores integer[], p_de timestamp[], p_ate timestamp[]) returns integer
language plpgsql set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  v_razao integer := (select "nrRazaoRollup" from private."TbConfiguracao");
  v_horas integer;
begin
  with minuto as materialized (
    select r.*
    from unnest(p_sensores, p_de, p_ate) as a(sensor, de, ate)
    cross join lateral (
      select r."cdSensor", r."cdCliente", r."cdProdutoItem", date_trunc('minute', r."dtRegistro") as b,
             count(*)::integer as n, sum(private.somavel(r."nrValor")) as s, min(r."nrValor") as menor, max(r."nrValor") as maior
      from public."TbSensorRegistro" r
      where r."cdSensor" = a.sensor and r."dtRegistro" >= a.de and r."dtRegistro" < a.ate and r."nrValor" is not null
      group by 1, 2, 3, 4
      offset 0 -- from the index, sensor by sensor
    ) r
  ), cinco as materialized (
    select "cdSensor", "cdCliente", "cdProdutoItem", date_bin('5 minutes', b, timestamp '2000-01-01') as b,
           sum(n)::integer as n, sum(s) as s, min(menor) as menor, max(maior) as maior, count(*) as minutos
    from minuto group by 1, 2, 3, 4
  ), hora as (
    select "cdSensor", "cdCliente", "cdProdutoItem", date_trunc('hour', b) as b,
           sum(n)::integer as n, sum(s) as s, min(menor) as menor, max(maior) as maior,
           sum(minutos) as minutos, count(*) as cincos
    from cinco group by 1, 2, 3, 4
  ), medida as materialized ( -- the same for every row of an hour of a sensor
    select h.*, case when sum(n) over hora_do_sensor >= v_razao * sum(minutos) over hora_do_sensor then 1
                     when sum(n) over hora_do_sensor >= v_razao * sum(cincos) over hora_do_sensor then 5
                     else 60 end as fino
    from hora h
    window hora_do_sensor as (partition by "cdSensor", b)
  ), um as (
    insert into public."TbSensorRegistro1m" ("dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
    select x.b, x.s, x.menor, x.maior, x.n, x."cdSensor", x."cdCliente", x."cdProdutoItem"
    from minuto x
    join (select distinct "cdSensor", b from medida where fino = 1) d on d."cdSensor" = x."cdSensor" and d.b = date_trunc('hour', x.b)
    order by x."cdSensor", x.b
  ), outros as (
    insert into public."TbSensorRegistro5m" ("dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
    select x.b, x.s, x.menor, x.maior, x.n, x."cdSensor", x."cdCliente", x."cdProdutoItem"
    from cinco x
    join (select distinct "cdSensor", b from medida where fino <= 5) d on d."cdSensor" = x."cdSensor" and d.b = date_trunc('hour', x.b)
    order by x."cdSensor", x.b
  )
  insert into public."TbSensorRegistro1h" (
    "dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem", "nrFino")
  select b, s, menor, maior, n, "cdSensor", "cdCliente", "cdProdutoItem", fino
  from medida
  order by "cdSensor", b;
  get diagnostics v_horas = row_count;
  return v_horas;
end
$$;
comment on function private.somar_horas(integer[], timestamp[], timestamp[]) is
  'Makes rollups of whole hours of sensors that have none; returns how many hours.';
revoke all on function private.somar_horas(integer[], timestamp[], timestamp[]) from public;

-- Forgets what was made of these hours, but for clients whose readings of that time have expired.
create function private.esquecer_horas(p_sensores integer[], p_horas timestamp[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  v_tabela text;
begin
  foreach v_tabela in array '{TbSensorRegistro1m,TbSensorRegistro5m,TbSensorRegistro1h}'::text[] loop
    execute format($s$
      delete from public.%I b
      using unnest($1, $2) as a(sensor, hora)
      where b."cdSensor" = a.sensor and b."dtBucket" >= a.hora and b."dtBucket" < a.hora + interval '1 hour'
        and not exists (
          select from private."TbRetencaoPiso" f where f."cdCliente" = b."cdCliente" and b."dtBucket" < f."dtBruto")
    $s$, v_tabela) using p_sensores, p_horas;
  end loop;
end
$$;
comment on function private.esquecer_horas(integer[], timestamp[]) is 'Deletes the rollups of whole hours of sensors.';
revoke all on function private.esquecer_horas(integer[], timestamp[]) from public;
