-- Rollups of readings, counters of positions, and how long all of it is kept.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/30_tables/32_rollups.sql
-- Rollups: what the numeric readings of a sensor add up to, per minute, five minutes and hour. Written by the upkeep only, an
-- hour of a sensor at a time (private.materializar); what is not or no longer right in them is known (TbRollupMarca,
-- TbRollupPendente) and read from TbSensorRegistro instead. The hours are kept for every sensor and say how fine the
-- others are: finer ones are kept for the hours in which they are clearly fewer than the readings.

create table public."TbSensorRegistro1m" (
  "dtBucket" timestamp not null,
  "nrSoma" double precision not null,
  "nrMin" double precision not null,
  "nrMax" double precision not null,
  "nrQtd" integer not null,
  "cdSensor" integer not null,
  "cdCliente" integer not null,
  "cdProdutoItem" integer
) partition by range ("dtBucket");
-- Not a primary key: a reading may have no product item.
create unique index "TbSensorRegistro1m_chave" on public."TbSensorRegistro1m" ("cdSensor", "dtBucket", "cdCliente", "cdProdutoItem")
  nulls not distinct;
alter table public."TbSensorRegistro1m" enable row level security;
revoke all on public."TbSensorRegistro1m" from public, anon, authenticated;
grant select on public."TbSensorRegistro1m" to authenticated, service_role;

comment on table public."TbSensorRegistro1m" is 'Rollup of readings by minute. Monthly partitions. Read it through VwSensorRegistro1m, which is exact at any moment.';
comment on column public."TbSensorRegistro1m"."dtBucket" is 'Start of the minute, UTC.';
comment on column public."TbSensorRegistro1m"."nrQtd" is 'Readings with a number.';
comment on column public."TbSensorRegistro1m"."nrSoma" is 'Their sum; infinite or NaN where a reading is beyond 1e290.';
comment on column public."TbSensorRegistro1m"."cdCliente" is 'Who owned the device when the readings were received.';
comment on column public."TbSensorRegistro1m"."cdProdutoItem" is 'Product item of the readings, if any.';

create table public."TbSensorRegistro5m" (
  "dtBucket" timestamp not null,
  "nrSoma" double precision not null,
  "nrMin" double precision not null,
  "nrMax" double precision not null,
  "nrQtd" integer not null,
  "cdSensor" integer not null,
  "cdCliente" integer not null,
  "cdProdutoItem" integer
) partition by range ("dtBucket");
-- Not a primary key: a reading may have no product item.
create unique index "TbSensorRegistro5m_chave" on public."TbSensorRegistro5m" ("cdSensor", "dtBucket", "cdCliente", "cdProdutoItem")
  nulls not distinct;
alter table public."TbSensorRegistro5m" enable row level security;
revoke all on public."TbSensorRegistro5m" from public, anon, authenticated;
grant select on public."TbSensorRegistro5m" to authenticated, service_role;

comment on table public."TbSensorRegistro5m" is 'Rollup of readings by five minutes. Monthly partitions. Read it through VwSensorRegistro5m, which is exact at any moment.';
comment on column public."TbSensorRegistro5m"."dtBucket" is 'Start of the five minutes, UTC.';
comment on column public."TbSensorRegistro5m"."nrQtd" is 'Readings with a number.';
comment on column public."TbSensorRegistro5m"."nrSoma" is 'Their sum; infinite or NaN where a reading is beyond 1e290.';
comment on column public."TbSensorRegistro5m"."cdCliente" is 'Who owned the device when the readings were received.';
comment on column public."TbSensorRegistro5m"."cdProdutoItem" is 'Product item of the readings, if any.';

create table public."TbSensorRegistro1h" (
  "dtBucket" timestamp not null,
  "nrSoma" double precision not null,
  "nrMin" double precision not null,
  "nrMax" double precision not null,
  "nrQtd" integer not null,
  "cdSensor" integer not null,
  "cdCliente" integer not null,
  "cdProdutoItem" integer,
  "nrFino" smallint not null check ("nrFino" in (1, 5, 60))
) partition by range ("dtBucket");
-- Not a primary key: a reading may have no product item.
create unique index "TbSensorRegistro1h_chave" on public."TbSensorRegistro1h" ("cdSensor", "dtBucket", "cdCliente", "cdProdutoItem")
  nulls not distinct;
alter table public."TbSensorRegistro1h" enable row level security;
revoke all on public."TbSensorRegistro1h" from public, anon, authenticated;
grant select on public."TbSensorRegistro1h" to authenticated, service_role;

comment on table public."TbSensorRegistro1h" is 'Rollup of readings by hour. Monthly partitions. Read it through VwSensorRegistro1h, which is exact at any moment.';
comment on column public."TbSensorRegistro1h"."dtBucket" is 'Start of the hour, UTC.';
comment on column public."TbSensorRegistro1h"."nrQtd" is 'Readings with a number.';
comment on column public."TbSensorRegistro1h"."nrSoma" is 'Their sum; infinite or NaN where a reading is beyond 1e290.';
comment on column public."TbSensorRegistro1h"."cdCliente" is 'Who owned the device when the readings were received.';
comment on column public."TbSensorRegistro1h"."cdProdutoItem" is 'Product item of the readings, if any.';
comment on column public."TbSensorRegistro1h"."nrFino" is 'Width in minutes of the finest rollup that this hour of the sensor has: 1, 5 or 60.';
-- end

-- from sql/30_tables/33_TbSensorRegistro1d.sql
-- The hours of a sensor side by side, one row a day: a long summary reads a twenty-fourth of the rows. Made of the hours in the
-- transaction that makes them (private.somar_dias), for whole days between the floor and the watermark.
create table public."TbSensorRegistro1d" (
  "dtBucket" timestamp not null,
  "nrSoma" double precision not null,
  "nrQtd" integer not null,
  "cdSensor" integer not null,
  "cdCliente" integer not null,
  "cdProdutoItem" integer,
  "nrQtd00" integer not null, "nrSoma00" double precision not null,
  "nrQtd01" integer not null, "nrSoma01" double precision not null,
  "nrQtd02" integer not null, "nrSoma02" double precision not null,
  "nrQtd03" integer not null, "nrSoma03" double precision not null,
  "nrQtd04" integer not null, "nrSoma04" double precision not null,
  "nrQtd05" integer not null, "nrSoma05" double precision not null,
  "nrQtd06" integer not null, "nrSoma06" double precision not null,
  "nrQtd07" integer not null, "nrSoma07" double precision not null,
  "nrQtd08" integer not null, "nrSoma08" double precision not null,
  "nrQtd09" integer not null, "nrSoma09" double precision not null,
  "nrQtd10" integer not null, "nrSoma10" double precision not null,
  "nrQtd11" integer not null, "nrSoma11" double precision not null,
  "nrQtd12" integer not null, "nrSoma12" double precision not null,
  "nrQtd13" integer not null, "nrSoma13" double precision not null,
  "nrQtd14" integer not null, "nrSoma14" double precision not null,
  "nrQtd15" integer not null, "nrSoma15" double precision not null,
  "nrQtd16" integer not null, "nrSoma16" double precision not null,
  "nrQtd17" integer not null, "nrSoma17" double precision not null,
  "nrQtd18" integer not null, "nrSoma18" double precision not null,
  "nrQtd19" integer not null, "nrSoma19" double precision not null,
  "nrQtd20" integer not null, "nrSoma20" double precision not null,
  "nrQtd21" integer not null, "nrSoma21" double precision not null,
  "nrQtd22" integer not null, "nrSoma22" double precision not null,
  "nrQtd23" integer not null, "nrSoma23" double precision not null
) partition by range ("dtBucket");
-- Not a primary key: a reading may have no product item.
create unique index "TbSensorRegistro1d_chave" on public."TbSensorRegistro1d" ("cdSensor", "dtBucket", "cdCliente", "cdProdutoItem")
  nulls not distinct;
alter table public."TbSensorRegistro1d" enable row level security;
revoke all on public."TbSensorRegistro1d" from public, anon, authenticated;
grant select on public."TbSensorRegistro1d" to authenticated, service_role;

comment on table public."TbSensorRegistro1d" is 'Rollup of readings by day, with what each hour adds: nrQtd00 to nrQtd23, nrSoma00 to nrSoma23. Monthly partitions. A day with late readings is right again after the upkeep: ask get_device_aggregations and its kind, which are exact at any moment.';
comment on column public."TbSensorRegistro1d"."dtBucket" is 'Start of the day, UTC.';
comment on column public."TbSensorRegistro1d"."nrQtd" is 'Readings with a number.';
comment on column public."TbSensorRegistro1d"."nrSoma" is 'Their sum; infinite or NaN where a reading is beyond 1e290.';
comment on column public."TbSensorRegistro1d"."cdCliente" is 'Who owned the device when the readings were received.';
comment on column public."TbSensorRegistro1d"."cdProdutoItem" is 'Product item of the readings, if any.';
-- end

-- from sql/30_tables/35_TbContagemDiaria.sql
-- How many positions a device reported on a day inside its measuring window, hour by hour: history totals without counting
-- rows. A row says for which window it was counted; when that is not the device's window any more, it is not used.
create table public."TbContagemDiaria" (
  "dtDia" date not null,
  "cdDispositivo" integer not null,
  "cdCliente" integer not null,
  "nrQtd" integer not null,
  "nrHoras" integer[] not null check (array_length("nrHoras", 1) = 24),
  "horarioMedicaoInicio" time,
  "horarioMedicaoFim" time,
  primary key ("cdDispositivo", "dtDia", "cdCliente")
);
alter table public."TbContagemDiaria" enable row level security;
revoke all on public."TbContagemDiaria" from public, anon, authenticated;
grant select on public."TbContagemDiaria" to authenticated, service_role;

comment on table public."TbContagemDiaria" is 'Positions of a device by day (UTC), those inside its measuring window. Kept by the upkeep; exact up to the watermark.';
comment on column public."TbContagemDiaria"."cdCliente" is 'Who owned the device when the positions were received.';
comment on column public."TbContagemDiaria"."nrQtd" is 'Positions of the day inside the window: the sum of nrHoras.';
comment on column public."TbContagemDiaria"."nrHoras" is 'Positions inside the window for each of the 24 hours, from midnight UTC.';
comment on column public."TbContagemDiaria"."horarioMedicaoInicio" is 'Start of the window that was counted with.';
comment on column public."TbContagemDiaria"."horarioMedicaoFim" is 'End of the window that was counted with.';
-- end

-- from sql/30_tables/36_TbRollupMarca_TbRollupPendente.sql
-- Up to where the rollups and counters go, and which of their hours are not right any more. Two rules make readers exact at
-- any moment: what lies outside [dtPiso, dtMarca) is read from the readings, and so is every hour with a mark.
--
-- No ingest in flight can be overtaken, and none ever waits: dtAnunciada moves first. Whoever writes something older than
-- it leaves a mark, in the same transaction. Only when every transaction that may not have seen the announcement is over
-- (xiAnuncio) are the hours up to it summed up, and dtMarca follows.
create table private."TbRollupMarca" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "dtPiso" timestamp not null,
  "dtMarca" timestamp not null,
  "dtAnunciada" timestamp not null,
  "xiAnuncio" xid8,
  "dtAnuncio" timestamptz,
  check ("dtPiso" <= "dtMarca" and "dtMarca" <= "dtAnunciada")
);
alter table private."TbRollupMarca" enable row level security;
insert into private."TbRollupMarca" ("dtPiso", "dtMarca", "dtAnunciada") values ('-infinity', '-infinity', '-infinity');

comment on table private."TbRollupMarca" is 'Watermark of rollups and counters, one row; -infinity before the upkeep ran first.';
comment on column private."TbRollupMarca"."dtPiso" is 'UTC; rollups begin here. What is older is read from the readings.';
comment on column private."TbRollupMarca"."dtMarca" is 'UTC; rollups end here. What is newer is read from the readings.';
comment on column private."TbRollupMarca"."dtAnunciada" is 'UTC; where the watermark goes next. Whoever writes something older leaves a mark.';
comment on column private."TbRollupMarca"."xiAnuncio" is 'First transaction that is sure to know of the announcement; null until that is known.';
comment on column private."TbRollupMarca"."dtAnuncio" is 'When dtAnunciada was announced.';

-- A mark is only ever inserted, one for each writing transaction, so that no writer waits for another or for the upkeep.
-- It becomes visible together with what it marks; the upkeep deletes the marks it saw before it summed up again.
create table private."TbRollupPendente" (
  "cdPendente" bigint generated always as identity primary key,
  "dtHora" timestamp not null,
  "dtMarcado" timestamptz not null default now(),
  "cdSensor" integer,
  "cdDispositivo" integer,
  check (num_nonnulls("cdSensor", "cdDispositivo") = 1)
);
create index "TbRollupPendente_cdSensor_dtHora_idx" on private."TbRollupPendente" ("cdSensor", "dtHora") where "cdSensor" is not null;
create index "TbRollupPendente_cdDispositivo_dtHora_idx" on private."TbRollupPendente" ("cdDispositivo", "dtHora")
  where "cdDispositivo" is not null;
alter table private."TbRollupPendente" enable row level security;

comment on table private."TbRollupPendente" is 'Hours below the watermark in which something was written or deleted since they were summed up.';
comment on column private."TbRollupPendente"."dtHora" is 'Start of the hour, UTC.';
comment on column private."TbRollupPendente"."cdSensor" is 'Sensor whose rollups are concerned; otherwise null.';
comment on column private."TbRollupPendente"."cdDispositivo" is 'Device whose counter is concerned; otherwise null.';
comment on column private."TbRollupPendente"."dtMarcado" is 'When the transaction that left the mark began.';
-- end


-- from sql/40_private/40_rollups.sql
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
-- end

-- from sql/40_private/41_dias.sql
-- Rollups by day: the hours of TbSensorRegistro1h side by side.

-- Text for each of the hours [p_de, p_ate) of a day: p_molde with its two digits in place of ##. Null for none.
create function private.por_hora(p_molde text, p_de integer, p_ate integer, p_entre text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select string_agg(replace(p_molde, '##', to_char(h, 'FM00')), p_entre order by h) from generate_series(p_de, p_ate - 1) h
$$;
comment on function private.por_hora(text, integer, integer, text) is 'Text for each hour of a day, as the columns of TbSensorRegistro1d are named.';
revoke all on function private.por_hora(text, integer, integer, text) from public;
grant execute on function private.por_hora(text, integer, integer, text) to authenticated, service_role;

create function private.dia_seguinte(p_dt timestamp) returns timestamp
language sql immutable parallel safe as $$
  select date_trunc('day', p_dt + interval '1 day' - interval '1 microsecond')
$$;
comment on function private.dia_seguinte(timestamp) is 'The first start of a day that is not before this time.';
revoke all on function private.dia_seguinte(timestamp) from public;
grant execute on function private.dia_seguinte(timestamp) to authenticated, service_role;

-- Makes days of sensors anew from their hours, whatever these are made of.
-- p_sensores, p_dias   sensors, each with the start of a day
create function private.somar_dias(p_sensores integer[], p_dias timestamp[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_de timestamp := (select min(d) from unnest(p_dias) d);
  v_ate timestamp := (select max(d) + interval '1 day' from unnest(p_dias) d);
begin
  delete from public."TbSensorRegistro1d" b
  using unnest(p_sensores, p_dias) as a(sensor, dia)
  where b."cdSensor" = a.sensor and b."dtBucket" = a.dia and b."dtBucket" >= v_de and b."dtBucket" < v_ate;
  execute format($s$
    insert into public."TbSensorRegistro1d" ("dtBucket", "nrSoma", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem", %s)
    select h.dia, sum(h."nrSoma"), sum(h."nrQtd"), h."cdSensor", h."cdCliente", h."cdProdutoItem", %s
    from (
      select a.dia, date_part('hour', b."dtBucket")::integer as hora, b.*
      from unnest($1, $2) as a(sensor, dia)
      join public."TbSensorRegistro1h" b
        on b."cdSensor" = a.sensor and b."dtBucket" >= a.dia and b."dtBucket" < a.dia + interval '1 day'
        and b."dtBucket" >= $3 and b."dtBucket" < $4 -- leaves partitions out
      offset 0
    ) h
    group by h."cdSensor", h.dia, h."cdCliente", h."cdProdutoItem"
    order by h."cdSensor", h.dia
  $s$, private.por_hora('"nrQtd##", "nrSoma##"', 0, 24, ', '),
       private.por_hora('coalesce(sum(h."nrQtd") filter (where hora = ##), 0), coalesce(sum(h."nrSoma") filter (where hora = ##), 0)',
                        0, 24, ', '))
  using p_sensores, p_dias, v_de, v_ate;
end
$$;
comment on function private.somar_dias(integer[], timestamp[]) is 'Makes rollups of days of sensors anew from their hours.';
revoke all on function private.somar_dias(integer[], timestamp[]) from public;

create function private.somar_dias_de_todos(p_de timestamp, p_ate timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_alvo record;
begin
  select array_agg(s."cdSensor") as sensores, array_agg(d) as dias into v_alvo
  from public."TbSensor" s cross join generate_series(p_de, p_ate - interval '1 day', '1 day') d;
  perform private.somar_dias(v_alvo.sensores, v_alvo.dias);
end
$$;
comment on function private.somar_dias_de_todos(timestamp, timestamp) is 'Makes rollups of whole days of all sensors.';
revoke all on function private.somar_dias_de_todos(timestamp, timestamp) from public;
-- end

-- from sql/40_private/41_contagens.sql
-- Counts positions inside the measuring windows of their devices. A day of a device is one row; the hours asked for are counted
-- anew, the others stay as they are, unless they were counted for another window: then the whole day is.
-- p_dispositivos, p_de, p_ate   devices, each with whole hours [de, ate) of one day
-- p_piso                        counting begins here
create function private.contar_horas(p_dispositivos integer[], p_de timestamp[], p_ate timestamp[], p_piso timestamp, p_marca timestamp)
returns integer
language plpgsql set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  v_dias integer;
begin
  with alvo as materialized (
    select a.dispositivo, a.de::date as dia, d."horarioMedicaoInicio" as inicio, d."horarioMedicaoFim" as fim,
           case when outra.janela then greatest(date_trunc('day', a.de), p_piso) else a.de end as de,
           case when outra.janela then least(date_trunc('day', a.de) + interval '1 day', p_marca) else a.ate end as ate
    from unnest(p_dispositivos, p_de, p_ate) as a(dispositivo, de, ate)
    left join public."TbDispositivo" d on d."cdDispositivo" = a.dispositivo
    cross join lateral (
      select exists (
        select from public."TbContagemDiaria" c
        where c."cdDispositivo" = a.dispositivo and c."dtDia" = a.de::date
          and (c."horarioMedicaoInicio", c."horarioMedicaoFim") is distinct from (d."horarioMedicaoInicio", d."horarioMedicaoFim")
      ) as janela
    ) outra
  ), velha as (
    delete from public."TbContagemDiaria" c
    using alvo a
    where c."cdDispositivo" = a.dispositivo and c."dtDia" = a.dia
    returning c."cdDispositivo", c."cdCliente", c."dtDia", c."nrHoras", a.de, a.ate
  ), hora as (
    select v."cdDispositivo", v."cdCliente", v."dtDia", h.n as hora, v."nrHoras"[h.n + 1] as qtd
    from velha v cross join generate_series(0, 23) as h(n)
    where v."dtDia" + make_interval(hours => h.n) < v.de or v."dtDia" + make_interval(hours => h.n) >= v.ate
    union all
    select a.dispositivo, p."cdCliente", a.dia, p.hora, p.qtd
    from alvo a
    cross join lateral (
      select p."cdCliente", extract(hour from p."dtRegistro")::integer as hora,
             count(*) filter (where private.na_janela(p."dtRegistro"::time, a.inicio, a.fim))::integer as qtd
      from public."TbPosicao" p
      where p."cdDispositivo" = a.dispositivo and p."dtRegistro" >= a.de and p."dtRegistro" < a.ate
      group by 1, 2
      offset 0
    ) p
  ), dia as (
    select "cdDispositivo", "cdCliente", "dtDia", sum(qtd)::integer as total, array_agg(hora) as horas, array_agg(qtd) as qtds
    from hora group by 1, 2, 3
  )
  insert into public."TbContagemDiaria" (
    "cdDispositivo", "cdCliente", "dtDia", "nrQtd", "nrHoras", "horarioMedicaoInicio", "horarioMedicaoFim")
  select d."cdDispositivo", d."cdCliente", d."dtDia", d.total,
         array(select coalesce(d.qtds[array_position(d.horas, n)], 0) from generate_series(0, 23) n order by n),
         a.inicio, a.fim
  from dia d
  join alvo a on a.dispositivo = d."cdDispositivo" and a.dia = d."dtDia"
  order by 1, 3, 2;
  get diagnostics v_dias = row_count;
  return v_dias;
end
$$;
comment on function private.contar_horas(integer[], timestamp[], timestamp[], timestamp, timestamp) is
  'Counts positions of whole hours of devices; returns how many days were written.';
revoke all on function private.contar_horas(integer[], timestamp[], timestamp[], timestamp, timestamp) from public;

-- The pieces of [de, ate) that lie in one day each, for every device.
create function private.contar_todos(p_de timestamp, p_ate timestamp, p_piso timestamp, p_marca timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_alvo record;
begin
  select array_agg(d."cdDispositivo") as dispositivos, array_agg(greatest(p_de, t.dia)) as de,
         array_agg(least(p_ate, t.dia + interval '1 day')) as ate
  into v_alvo
  from public."TbDispositivo" d
  cross join generate_series(date_trunc('day', p_de), p_ate - interval '1 hour', '1 day') as t(dia);
  return private.contar_horas(v_alvo.dispositivos, v_alvo.de, v_alvo.ate, p_piso, p_marca);
end
$$;
comment on function private.contar_todos(timestamp, timestamp, timestamp, timestamp) is
  'Counts positions of all devices in these whole hours; returns how many days were written.';
revoke all on function private.contar_todos(timestamp, timestamp, timestamp, timestamp) from public;
-- end

-- from sql/40_private/42_marca.sql
-- The steps by which the watermark gets on; each is one transaction, and each begins where the last one ended, whatever
-- became of it. They return what they did; 0 when there is nothing to do for now.

-- How many hours to sum up in one step, so that it stays short: some 50 MB of readings, judged by the size of their partition.
create function private.horas_do_passo(p_dt timestamp) returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  select greatest(1, least(744, 744 * 50000000::bigint / greatest(1, coalesce(sum(pg_relation_size(c.oid)), 0))))::integer
  from pg_class c
  where c.relnamespace = 'particoes'::regnamespace
    and c.relname in ('TbSensorRegistro_' || to_char(p_dt, 'YYYY_MM'), 'TbPosicao_' || to_char(p_dt, 'YYYY_MM'))
$$;
comment on function private.horas_do_passo(timestamp) is 'How many hours around this time are summed up in one step.';
revoke all on function private.horas_do_passo(timestamp) from public;

create function private.inicio_das_series() returns timestamp
language sql stable set search_path = pg_catalog, pg_temp as $$
  select min(private.mes_da_particao(c.relname))
  from pg_class c
  where c.relnamespace = 'particoes'::regnamespace and c.relname ~ '^(TbSensorRegistro|TbPosicao)_\d'
$$;
comment on function private.inicio_das_series() is 'Start of the oldest partition of readings or positions.';
revoke all on function private.inicio_das_series() from public;

-- Every transaction that may not know of an announcement is over. Waits a moment for the short ones.
create function private.anuncio_conhecido(p_xi xid8) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  for i in 1..20 loop
    if pg_snapshot_xmin(pg_current_snapshot()) >= p_xi then
      return true;
    end if;
    perform pg_sleep(0.01);
  end loop;
  return false;
end
$$;
comment on function private.anuncio_conhecido(xid8) is 'Whoever writes from now on has seen what was announced before this transaction number.';
revoke all on function private.anuncio_conhecido(xid8) from public;

-- Announce; note from which transaction on everybody knows; sum up once all older ones are over. The number is taken in a
-- transaction after the announcement, when that is there for all to see.
create function private.avancar_marca() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_marca private."TbRollupMarca";
  v_alvo timestamp;
  v_feitas integer := 0;
begin
  select m.* into v_marca from private."TbRollupMarca" m for update;
  if v_marca."dtAnunciada" = v_marca."dtMarca" then
    select date_trunc('hour', now() at time zone 'UTC' - make_interval(mins => conf."nrMinutosRollup"))
    into v_alvo from private."TbConfiguracao" conf;
    if isfinite(v_marca."dtMarca") then
      v_alvo := least(v_alvo, v_marca."dtMarca" + make_interval(hours => private.horas_do_passo(v_marca."dtMarca")));
    end if;
    update private."TbRollupMarca" set "dtAnunciada" = v_alvo, "xiAnuncio" = null, "dtAnuncio" = now()
    where v_alvo > "dtMarca";
    return found::integer;
  end if;
  if v_marca."dtAnuncio" = now() then
    return 0; -- by this very transaction: nobody has seen it yet
  end if;
  if v_marca."xiAnuncio" is null then
    update private."TbRollupMarca" set "xiAnuncio" = pg_snapshot_xmax(pg_current_snapshot());
    return 1;
  end if;
  if not private.anuncio_conhecido(v_marca."xiAnuncio") then
    return 0;
  end if;
  if isfinite(v_marca."dtMarca") then
    v_feitas := private.somar_todos(v_marca."dtMarca", v_marca."dtAnunciada")
      + private.contar_todos(v_marca."dtMarca", v_marca."dtAnunciada", v_marca."dtPiso", v_marca."dtAnunciada");
    perform private.somar_dias_de_todos(greatest(date_trunc('day', v_marca."dtMarca"), private.dia_seguinte(v_marca."dtPiso")),
                                        date_trunc('day', v_marca."dtAnunciada"));
  end if;
  update private."TbRollupMarca" set "dtMarca" = "dtAnunciada", "xiAnuncio" = null,
    "dtPiso" = case when isfinite("dtPiso") then "dtPiso" else "dtAnunciada" end;
  return v_feitas + 1;
end
$$;
comment on function private.avancar_marca() is 'Brings the watermark one step further.';
revoke all on function private.avancar_marca() from public;

create function private.somar_todos(p_de timestamp, p_ate timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_sensores integer[] := array(select s."cdSensor" from public."TbSensor" s);
begin
  return private.somar_horas(v_sensores, array_fill(p_de, array[cardinality(v_sensores)]),
                             array_fill(p_ate, array[cardinality(v_sensores)]));
end
$$;
comment on function private.somar_todos(timestamp, timestamp) is 'Makes rollups of whole hours of all sensors.';
revoke all on function private.somar_todos(timestamp, timestamp) from public;
-- end

-- from sql/40_private/42_passado.sql
-- What was there before the rollups, newest first. Nobody needs to be waited for: below the watermark every writer marks.
create function private.recuar_piso() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_marca private."TbRollupMarca";
  v_fim timestamp;
  v_novo timestamp;
  v_feitas integer;
begin
  select m.* into v_marca from private."TbRollupMarca" m for update;
  v_fim := private.inicio_das_series();
  if not isfinite(v_marca."dtPiso") or v_fim >= v_marca."dtPiso" then
    return 0;
  end if;
  v_novo := greatest(v_fim, date_trunc('month', v_marca."dtPiso" - interval '1 hour'), v_marca."dtPiso"
    - make_interval(hours => private.horas_do_passo(v_marca."dtPiso" - interval '1 hour')));
  v_feitas := private.somar_todos(v_novo, v_marca."dtPiso")
    + private.contar_todos(v_novo, v_marca."dtPiso", v_novo, v_marca."dtMarca");
  perform private.somar_dias_de_todos(private.dia_seguinte(v_novo), least(private.dia_seguinte(v_marca."dtPiso"),
                                                                          date_trunc('day', v_marca."dtMarca")));
  update private."TbRollupMarca" set "dtPiso" = v_novo;
  return v_feitas + 1;
end
$$;
comment on function private.recuar_piso() is 'Sums up some more of the past.';
revoke all on function private.recuar_piso() from public;
-- end

-- from sql/40_private/42_pendentes.sql
-- Hours with marks, made anew. The marks are noted first: what they stand for is in what is read afterwards, and whoever
-- writes in the meantime leaves a mark that stays.
create function private.refazer_pendentes() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_marca private."TbRollupMarca";
  v_marcas bigint[];
  v_alvo record;
begin
  select m.* into v_marca from private."TbRollupMarca" m for update;
  with alvo as (
    select distinct p."cdSensor", p."cdDispositivo", p."dtHora"
    from (select * from private."TbRollupPendente" order by "cdPendente" limit 10000) p
    where isfinite(p."dtHora")
    limit 500
  )
  select array_agg(m."cdPendente") into v_marcas
  from (
    select p."cdPendente" from alvo a
    join private."TbRollupPendente" p on p."cdSensor" = a."cdSensor" and p."dtHora" = a."dtHora"
    union all
    select p."cdPendente" from alvo a
    join private."TbRollupPendente" p on p."cdDispositivo" = a."cdDispositivo" and p."dtHora" = a."dtHora"
  ) m;
  if v_marcas is null then
    return 0;
  end if;

  select array_agg(s."cdSensor") as sensores, array_agg(s."dtHora") as horas, array_agg(s."dtHora" + interval '1 hour') as fins
  into v_alvo
  from (select distinct p."cdSensor", p."dtHora" from private."TbRollupPendente" p
        where p."cdPendente" = any (v_marcas) and p."cdSensor" is not null
          and p."dtHora" >= v_marca."dtPiso" and p."dtHora" < v_marca."dtMarca") s;
  perform private.esquecer_horas(v_alvo.sensores, v_alvo.horas);
  perform private.somar_horas(v_alvo.sensores, v_alvo.horas, v_alvo.fins);
  select array_agg(d.sensor) as sensores, array_agg(d.dia) as dias
  into v_alvo
  from (select distinct a.sensor, date_trunc('day', a.hora) as dia from unnest(v_alvo.sensores, v_alvo.horas) as a(sensor, hora)) d
  where d.dia >= v_marca."dtPiso" and d.dia + interval '1 day' <= v_marca."dtMarca";
  perform private.somar_dias(v_alvo.sensores, v_alvo.dias);

  select array_agg(d."cdDispositivo") as dispositivos, array_agg(d.de) as de, array_agg(d.ate) as ate
  into v_alvo
  from (select p."cdDispositivo", min(p."dtHora") as de, max(p."dtHora") + interval '1 hour' as ate
        from private."TbRollupPendente" p
        where p."cdPendente" = any (v_marcas) and p."cdDispositivo" is not null
          and p."dtHora" >= v_marca."dtPiso" and p."dtHora" < v_marca."dtMarca"
        group by p."cdDispositivo", p."dtHora"::date) d;
  perform private.contar_horas(v_alvo.dispositivos, v_alvo.de, v_alvo.ate, v_marca."dtPiso", v_marca."dtMarca");

  delete from private."TbRollupPendente" p where p."cdPendente" = any (v_marcas);
  return cardinality(v_marcas);
end
$$;
comment on function private.refazer_pendentes() is 'Makes marked hours anew; returns how many marks are done.';
revoke all on function private.refazer_pendentes() from public;

-- After the measuring window of a device was edited its days are counted anew, some at a time. Until then they are counted
-- on reading, as they say which window they are for.
create function private.recontar_janelas() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_marca private."TbRollupMarca";
  v_dispositivo integer;
  v_dias timestamp[];
begin
  select m.* into v_marca from private."TbRollupMarca" m for update;
  select p."cdDispositivo" into v_dispositivo from private."TbRollupPendente" p
  where p."dtHora" = '-infinity' order by p."cdPendente" limit 1;
  if v_dispositivo is null then
    return 0;
  end if;
  v_dias := array(
    select distinct c."dtDia"::timestamp
    from public."TbContagemDiaria" c
    join public."TbDispositivo" d on d."cdDispositivo" = c."cdDispositivo"
    where c."cdDispositivo" = v_dispositivo
      and (c."horarioMedicaoInicio", c."horarioMedicaoFim") is distinct from (d."horarioMedicaoInicio", d."horarioMedicaoFim")
    limit 100);
  if v_dias = '{}' then
    delete from private."TbRollupPendente" p where p."dtHora" = '-infinity' and p."cdDispositivo" = v_dispositivo;
    return 1;
  end if;
  return private.contar_horas(array_fill(v_dispositivo, array[cardinality(v_dias)]), v_dias,
    array(select d + interval '1 hour' from unnest(v_dias) d), v_marca."dtPiso", v_marca."dtMarca");
end
$$;
comment on function private.recontar_janelas() is 'Counts days anew whose measuring window was edited; returns how many.';
revoke all on function private.recontar_janelas() from public;
-- end

-- from sql/40_private/43_apagar.sql
-- Retention: what is older than a client's policy says goes, a piece at a time. Rollups never change by it: before readings
-- go, the finer rollups that were not worth keeping are made of them. Hours of a client's rollups go only where its
-- readings are gone too, as it is by them that readings are found.

-- Up to when each client's data may go; null where nothing may. Whole days.
create function private.prazos() returns table ("cdCliente" integer, bruto timestamp, um timestamp, cinco timestamp, hora timestamp)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select c."cdCliente", d.hoje - make_interval(days => p."nrDiasBruto"), d.hoje - make_interval(days => p."nrDias1m"),
         d.hoje - make_interval(days => p."nrDias5m"), d.hoje - make_interval(days => p."nrDias1h")
  from public."TbCliente" c
  cross join (select date_trunc('day', now() at time zone 'UTC') as hoje) d
  join lateral (
    select r.* from public."TbPoliticaRetencao" r
    where r."cdCliente" = c."cdCliente" or r."cdCliente" is null
    order by r."cdCliente" nulls last limit 1
  ) p on not p."blGuardaLegal"
$$;
comment on function private.prazos() is 'Before which time the data of each client may go, by its policy.';
revoke all on function private.prazos() from public;

-- Makes the finer rollups of these hours of a client, where there are none, so that its readings can go.
create function private.completar_rollups(p_cd_cliente integer, p_sensores integer[], p_de timestamp, p_ate timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp set jit = off as $$
begin
  insert into public."TbSensorRegistro1m" ("dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
  select date_trunc('minute', r."dtRegistro"), sum(private.somavel(r."nrValor")), min(r."nrValor"), max(r."nrValor"), count(*),
         h."cdSensor", h."cdCliente", h."cdProdutoItem"
  from public."TbSensorRegistro1h" h
  join public."TbSensorRegistro" r on r."cdSensor" = h."cdSensor" and r."dtRegistro" >= h."dtBucket"
    and r."dtRegistro" < h."dtBucket" + interval '1 hour' and r."cdCliente" = h."cdCliente"
    and r."cdProdutoItem" is not distinct from h."cdProdutoItem" and r."nrValor" is not null
  where h."cdSensor" = any (p_sensores) and h."dtBucket" >= p_de and h."dtBucket" < p_ate and h."cdCliente" = p_cd_cliente
    and h."nrFino" > 1
  group by 1, 6, 7, 8;

  insert into public."TbSensorRegistro5m" ("dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
  select date_bin('5 minutes', b."dtBucket", timestamp '2000-01-01'), sum(b."nrSoma"), min(b."nrMin"), max(b."nrMax"),
         sum(b."nrQtd"), h."cdSensor", h."cdCliente", h."cdProdutoItem"
  from public."TbSensorRegistro1h" h
  join public."TbSensorRegistro1m" b on b."cdSensor" = h."cdSensor" and b."dtBucket" >= h."dtBucket"
    and b."dtBucket" < h."dtBucket" + interval '1 hour' and b."cdCliente" = h."cdCliente"
    and b."cdProdutoItem" is not distinct from h."cdProdutoItem"
  where h."cdSensor" = any (p_sensores) and h."dtBucket" >= p_de and h."dtBucket" < p_ate and h."cdCliente" = p_cd_cliente
    and h."nrFino" = 60
  group by 1, 6, 7, 8;

  update public."TbSensorRegistro1h" h set "nrFino" = 1
  where h."cdSensor" = any (p_sensores) and h."dtBucket" >= p_de and h."dtBucket" < p_ate and h."cdCliente" = p_cd_cliente
    and h."nrFino" > 1;
end
$$;
comment on function private.completar_rollups(integer, integer[], timestamp, timestamp) is
  'Makes the finer rollups that hours of a client do not have.';
revoke all on function private.completar_rollups(integer, integer[], timestamp, timestamp) from public;

-- A day of one client's positions and readings. Nobody may write that day any more when this is called.
create function private.apagar_brutos(p_cd_cliente integer, p_de timestamp, p_ate timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_dispositivos integer[] := array(
    select distinct v."cdDispositivo" from public."TbDispositivoVinculo" v where v."cdCliente" = p_cd_cliente);
  v_sensores integer[] := array(
    select distinct s."cdSensor" from public."TbSensorVinculo" s where s."cdDispositivo" = any (v_dispositivos));
  v_leituras integer;
  v_posicoes integer;
begin
  perform private.completar_rollups(p_cd_cliente, v_sensores, p_de, p_ate);
  perform set_config('rastro.marcas', 'em conjunto', true); -- what expires is not late
  delete from public."TbSensorRegistro" r
  where r."cdSensor" = any (v_sensores) and r."dtRegistro" >= p_de and r."dtRegistro" < p_ate and r."cdCliente" = p_cd_cliente;
  get diagnostics v_leituras = row_count;
  delete from public."TbPosicao" p
  where p."cdDispositivo" = any (v_dispositivos) and p."dtRegistro" >= p_de and p."dtRegistro" < p_ate
    and p."cdCliente" = p_cd_cliente;
  get diagnostics v_posicoes = row_count;
  perform set_config('rastro.marcas', '', true);
  delete from public."TbContagemDiaria" c
  where c."cdDispositivo" = any (v_dispositivos) and c."dtDia" >= p_de and c."dtDia" < p_ate and c."cdCliente" = p_cd_cliente;
  return v_leituras + v_posicoes;
end
$$;
comment on function private.apagar_brutos(integer, timestamp, timestamp) is
  'Deletes positions and readings of a client; returns how many.';
revoke all on function private.apagar_brutos(integer, timestamp, timestamp) from public;
-- end

-- from sql/40_private/43_expirar.sql
-- One piece of what one client's policy asks for. As with the watermark: announce, wait for whoever may not know, do it.
create function private.expirar_brutos() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_marca private."TbRollupMarca";
  v_piso private."TbRetencaoPiso";
  v_de timestamp;
  v_ate timestamp;
  v_feitas integer := 0;
begin
  select m.* into v_marca from private."TbRollupMarca" m for update; -- alone with the rollups
  insert into private."TbRetencaoPiso" as f ("cdCliente", "dtAnunciado")
  select p."cdCliente", p.bruto from private.prazos() p
  where p.bruto < v_marca."dtMarca"
  on conflict ("cdCliente") do update set "dtAnunciado" = excluded."dtAnunciado", "xiAnuncio" = null, "dtAnuncio" = now()
    where f."dtAnunciado" < excluded."dtAnunciado" and f."dtBruto" = f."dtAnunciado";
  if found then
    return 1;
  end if;
  update private."TbRetencaoPiso" set "xiAnuncio" = pg_snapshot_xmax(pg_current_snapshot())
  where "dtBruto" < "dtAnunciado" and "xiAnuncio" is null and "dtAnuncio" <> now();
  if found then
    return 1;
  end if;

  select f.* into v_piso from private."TbRetencaoPiso" f join private.prazos() p on p."cdCliente" = f."cdCliente"
  where f."dtBruto" < f."dtAnunciado" and f."xiAnuncio" is not null order by f."dtBruto", f."cdCliente" limit 1;
  if v_piso."cdCliente" is null or not private.anuncio_conhecido(v_piso."xiAnuncio")
     -- all of it must be summed up
     or exists (select from private."TbRollupPendente" p where p."dtHora" < v_piso."dtAnunciado" and isfinite(p."dtHora"))
     or private.inicio_das_series() < v_marca."dtPiso" then
    return 0;
  end if;
  v_de := greatest(v_piso."dtBruto", private.inicio_das_series());
  v_ate := least(greatest(v_de, v_piso."dtBruto") + interval '1 day', v_piso."dtAnunciado");
  if v_de < v_ate then
    v_feitas := private.apagar_brutos(v_piso."cdCliente", v_de, v_ate);
  end if;
  update private."TbRetencaoPiso" f set "dtBruto" = v_ate where f."cdCliente" = v_piso."cdCliente";
  return v_feitas + 1;
end
$$;
comment on function private.expirar_brutos() is 'Lets positions and readings go whose time is over, a day of a client at a time.';
revoke all on function private.expirar_brutos() from public;

-- Rollups, once a day for each client. An hour says what is left of it.
create function private.expirar_rollups() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_cliente integer;
  v_ate record;
  v_linhas integer;
  v_total integer := 0;
begin
  perform from private."TbRollupMarca" for update; -- alone with the rollups
  insert into private."TbRetencaoPiso" ("cdCliente") select p."cdCliente" from private.prazos() p on conflict do nothing;
  select f."cdCliente", greatest(p.um, f.dt1m) as um, greatest(p.cinco, f.dt5m) as cinco,
         greatest(least(coalesce(p.hora, '-infinity'), f."dtBruto"), f.dt1h) as hora -- null is for ever
  into v_ate
  from private."TbRetencaoPiso" f join private.prazos() p on p."cdCliente" = f."cdCliente"
  where f.dt1m < p.um or f.dt5m < p.cinco or f.dt1h < least(coalesce(p.hora, '-infinity'), f."dtBruto")
  order by f."cdCliente" limit 1;
  v_cliente := v_ate."cdCliente";
  if v_cliente is null then
    return 0;
  end if;
  delete from public."TbSensorRegistro1m" b where b."cdCliente" = v_cliente and b."dtBucket" < v_ate.um;
  get diagnostics v_total = row_count;
  delete from public."TbSensorRegistro5m" b where b."cdCliente" = v_cliente and b."dtBucket" < v_ate.cinco;
  get diagnostics v_linhas = row_count;
  v_total := v_total + v_linhas;
  delete from public."TbSensorRegistro1h" b where b."cdCliente" = v_cliente and b."dtBucket" < v_ate.hora;
  get diagnostics v_linhas = row_count;
  v_total := v_total + v_linhas;
  delete from public."TbSensorRegistro1d" b where b."cdCliente" = v_cliente and b."dtBucket" < v_ate.hora;
  update public."TbSensorRegistro1h" b set "nrFino" = case when b."dtBucket" < v_ate.cinco then 60 else 5 end
  where b."cdCliente" = v_cliente and b."dtBucket" < v_ate.um
    and b."nrFino" < case when b."dtBucket" < v_ate.cinco then 60 else 5 end;
  update private."TbRetencaoPiso" f set dt1m = v_ate.um, dt5m = v_ate.cinco, dt1h = v_ate.hora where f."cdCliente" = v_cliente;
  return v_total + 1;
end
$$;
comment on function private.expirar_rollups() is 'Lets rollups of a client go whose time is over; returns how many.';
revoke all on function private.expirar_rollups() from public;
-- end

-- from sql/40_private/43_soltar.sql
-- Empty partitions that lie before the coverage. Nobody is kept waiting for it: what is locked is left for the next run.
create function private.soltar_particoes() returns integer
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '50ms' as $$
declare
  v_velha record;
  v_vazia boolean;
  v_soltas integer := 0;
begin
  for v_velha in
    select c.oid::regclass as particao, i.inhparent::regclass as tabela
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid and c.relnamespace = 'particoes'::regnamespace and c.relkind = 'r'
    cross join private."TbConfiguracao" conf
    where private.mes_da_particao(c.relname)
      < date_trunc('month', now() at time zone 'UTC') - make_interval(months => conf."nrMesesAtras")
    order by c.relname
  loop
    execute format('select not exists (select from %s)', v_velha.particao) into v_vazia;
    continue when not v_vazia;
    begin
      execute format('alter table %s detach partition %s', v_velha.tabela, v_velha.particao);
      execute format('drop table %s', v_velha.particao);
      v_soltas := v_soltas + 1;
    exception when lock_not_available then
      null; -- somebody reads or writes just now
    end;
  end loop;
  return v_soltas;
end
$$;
comment on function private.soltar_particoes() is 'Drops empty partitions older than the coverage; returns how many.';
revoke all on function private.soltar_particoes() from public;

-- Dry run: what the policies would let go now.
create function private.prever_retencao() returns table ("cdCliente" integer, "dsTabela" text, "dtAte" timestamp, "nrLinhas" bigint)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_prazo record;
begin
  for v_prazo in
    select p."cdCliente", t.tabela, t.coluna, t.ate
    from private.prazos() p
    cross join lateral (values
      ('TbPosicao', 'dtRegistro', p.bruto), ('TbSensorRegistro', 'dtRegistro', p.bruto),
      ('TbSensorRegistro1m', 'dtBucket', p.um), ('TbSensorRegistro5m', 'dtBucket', p.cinco),
      ('TbSensorRegistro1h', 'dtBucket', case when num_nonnulls(p.hora, p.bruto) = 2 then least(p.hora, p.bruto) end),
      ('TbSensorRegistro1d', 'dtBucket', case when num_nonnulls(p.hora, p.bruto) = 2 then least(p.hora, p.bruto) end)
    ) as t(tabela, coluna, ate)
    where t.ate is not null
  loop
    "cdCliente" := v_prazo."cdCliente";
    "dsTabela" := v_prazo.tabela;
    "dtAte" := v_prazo.ate;
    execute format('select count(*) from public.%I where "cdCliente" = $1 and %I < $2', v_prazo.tabela, v_prazo.coluna)
      into "nrLinhas" using v_prazo."cdCliente", v_prazo.ate;
    return next;
  end loop;
end
$$;
comment on function private.prever_retencao() is 'Dry run of retention: which rows of which client its policy would let go now.';
revoke all on function private.prever_retencao() from public;
-- end

-- from sql/40_private/44_como_ler.sql
-- Reads buckets: from a rollup where it is right, from the readings elsewhere. The answer is what the readings would give.

create function private.marca_dos_rollups(out piso timestamp, out marca timestamp)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m."dtPiso", m."dtMarca" from private."TbRollupMarca" m
$$;
comment on function private.marca_dos_rollups() is 'Between which times rollups and counters are kept.';
revoke all on function private.marca_dos_rollups() from public;
grant execute on function private.marca_dos_rollups() to authenticated, service_role;

create function private.bruto_expirado(p_cd_cliente integer) returns timestamp
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce((select f."dtBruto" from private."TbRetencaoPiso" f where f."cdCliente" = p_cd_cliente), '-infinity')
$$;
comment on function private.bruto_expirado(integer) is 'Before which time the readings of a client are gone.';
revoke all on function private.bruto_expirado(integer) from public;
grant execute on function private.bruto_expirado(integer) to authenticated, service_role;

-- Asked for marked hours only, which are few.
create function private.sensor_visivel(p_cd_sensor integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public."TbSensorVinculo" s
    join public."TbDispositivoVinculo" d on d."cdDispositivo" = s."cdDispositivo"
    where s."cdSensor" = p_cd_sensor and d."cdCliente" = any ((select private.clientes_visiveis())::integer[]))
$$;
comment on function private.sensor_visivel(integer) is 'A client of the caller once owned the device that the sensor was on.';
revoke all on function private.sensor_visivel(integer) from public;

-- Security definer: marks are nobody else's to read.
create function private.marcas_de(p_cd_sensores integer[], p_de timestamp, p_ate timestamp) returns private.faixa[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_seqscan = off set jit = off set plan_cache_mode = force_generic_plan as $$
begin
  return array(
    select distinct row(p."cdSensor", null, p."dtHora", p."dtHora" + interval '1 hour')::private.faixa
    from private."TbRollupPendente" p
    where p."cdSensor" = any (p_cd_sensores) and p."dtHora" >= date_trunc('hour', p_de) and p."dtHora" < p_ate
      and private.sensor_visivel(p."cdSensor"));
end
$$;
comment on function private.marcas_de(integer[], timestamp, timestamp) is 'Hours of visible sensors that rollups do not answer, as something in them changed.';
revoke all on function private.marcas_de(integer[], timestamp, timestamp) from public;
grant execute on function private.marcas_de(integer[], timestamp, timestamp) to authenticated, service_role;

-- From the readings: the edges that are no whole bucket, what is not summed up yet or was before the rollups, hours with
-- marks, and hours whose readings were too few for this rollup. Security definer: of the hours only those of visible clients are
-- looked at.
create function private.planejar_leitura(p_minutos integer, p_cd_sensores integer[], p_de timestamp, p_ate timestamp)
returns private.plano_de_leitura
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_seqscan = off set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_de timestamp;
  v_ate timestamp;
  v_pendentes private.faixa[];
  v_brutas private.faixa[];
  v_visiveis integer[];
  v_repartido boolean := true;
  v_marca record := private.marca_dos_rollups();
  v_largura interval := make_interval(mins => p_minutos);
begin
  v_de := greatest(p_de, v_marca.piso);
  v_de := date_bin(v_largura, v_de + v_largura - interval '1 microsecond', timestamp '2000-01-01');
  v_ate := date_bin(v_largura, least(p_ate, v_marca.marca), timestamp '2000-01-01');
  if not (isfinite(v_marca.marca) and v_de < v_ate) then
    return row(v_de, v_de, null::private.faixa[],
      array(select row(s, null, p_de, p_ate)::private.faixa from unnest(p_cd_sensores) s where p_de < p_ate), false);
  end if;
  v_pendentes := private.marcas_de(p_cd_sensores, v_de, v_ate);
  v_brutas := array(
    select row(s, null, p_de, v_de)::private.faixa from unnest(p_cd_sensores) s where p_de < v_de
    union all
    select row(s, null, v_ate, p_ate)::private.faixa from unnest(p_cd_sensores) s where v_ate < p_ate
    union all
    select row(f.codigo, null, greatest(f.de, v_de), least(f.ate, v_ate))::private.faixa
    from unnest(v_pendentes) f);
  if p_minutos < 60 then
    v_visiveis := private.clientes_visiveis();
    v_brutas := v_brutas || array(
      select row(h."cdSensor", h."cdCliente", greatest(min(h."dtBucket"), v_de),
                 least(max(h."dtBucket") + interval '1 hour', v_ate))::private.faixa
      from (
        select d.*, d."dtBucket" - row_number() over (partition by d."cdSensor", d."cdCliente" order by d."dtBucket")
                 * interval '1 hour' as ilha -- hours that follow each other are one piece
        from (
          select distinct b."cdSensor", b."cdCliente", b."dtBucket" from public."TbSensorRegistro1h" b
          where b."cdSensor" = any (p_cd_sensores) and b."nrFino" > p_minutos and b."cdCliente" = any (v_visiveis)
            and b."dtBucket" >= date_trunc('hour', v_de) and b."dtBucket" < v_ate
            and not exists (select from unnest(v_pendentes) f where f.codigo = b."cdSensor" and f.de = b."dtBucket")
        ) d
      ) h
      group by h."cdSensor", h."cdCliente", h.ilha);
    v_repartido := v_pendentes <> '{}' or exists (
      select from public."TbSensorRegistro1h" b
      where b."cdSensor" = any (p_cd_sensores) and b."cdCliente" = any (v_visiveis)
        and b."dtBucket" >= date_trunc('hour', v_de) and b."dtBucket" < v_ate
      group by b."cdSensor", b."dtBucket" having count(*) > 1);
  end if;
  return row(v_de, v_ate, nullif(v_pendentes, '{}'), v_brutas, v_repartido);
end
$$;
comment on function private.planejar_leitura(integer, integer[], timestamp, timestamp) is
  'What of [de, ate) a rollup answers, and what the readings.';
revoke all on function private.planejar_leitura(integer, integer[], timestamp, timestamp) from public;
grant execute on function private.planejar_leitura(integer, integer[], timestamp, timestamp) to authenticated, service_role;
-- end

-- from sql/40_private/44_ler_baldes.sql
-- Buckets of sensors as planned; several of one time where client or product item changed. Where readings have expired the
-- rollup is all there is, with or without a mark. Row-level security chooses. Inlined: callers have the settings of
-- planejar_leitura.
-- p_juntar   readings are added up whatever their client and product item, so that unless the plan is `repartido` there is
--            one row for each bucket
create function private.baldes(p_minutos integer, p_cd_sensores integer[], p_plano private.plano_de_leitura, p_juntar boolean)
returns table ("cdSensor" integer, "cdCliente" integer, "cdProdutoItem" integer, "dtBucket" timestamp,
               "nrQtd" integer, "nrSoma" double precision, "nrMin" double precision, "nrMax" double precision)
language sql stable as $$
  select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin", b."nrMax"
  from (
    select 1 as minutos, "cdSensor", "cdCliente", "cdProdutoItem", "dtBucket", "nrQtd", "nrSoma", "nrMin", "nrMax"
    from public."TbSensorRegistro1m"
    union all
    select 5, "cdSensor", "cdCliente", "cdProdutoItem", "dtBucket", "nrQtd", "nrSoma", "nrMin", "nrMax"
    from public."TbSensorRegistro5m"
    union all
    select 60, "cdSensor", "cdCliente", "cdProdutoItem", "dtBucket", "nrQtd", "nrSoma", "nrMin", "nrMax"
    from public."TbSensorRegistro1h"
  ) b
  where b.minutos = p_minutos and b."cdSensor" = any (p_cd_sensores)
    and b."dtBucket" >= (p_plano).de and b."dtBucket" < (p_plano).ate
    and ((p_plano).pendentes is null or not exists (
      select from unnest((p_plano).pendentes) f
      where f.codigo = b."cdSensor" and b."dtBucket" >= f.de and b."dtBucket" < f.ate
        and b."dtBucket" >= private.bruto_expirado(b."cdCliente")))
  union all
  select r."cdSensor", case when not p_juntar then r."cdCliente" end, case when not p_juntar then r."cdProdutoItem" end,
         date_bin(make_interval(mins => p_minutos), r."dtRegistro", timestamp '2000-01-01'), count(*)::integer,
         sum(private.somavel(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from unnest((p_plano).brutas) f
  join public."TbSensorRegistro" r on r."cdSensor" = f.codigo and r."dtRegistro" >= f.de and r."dtRegistro" < f.ate
  where r."nrValor" is not null and (f."cdCliente" is null or r."cdCliente" = f."cdCliente")
  group by 1, 2, 3, 4
$$;
comment on function private.baldes(integer, integer[], private.plano_de_leitura, boolean) is
  'Buckets of 1, 5 or 60 minutes, exactly as the readings give them.';
revoke all on function private.baldes(integer, integer[], private.plano_de_leitura, boolean) from public;
grant execute on function private.baldes(integer, integer[], private.plano_de_leitura, boolean) to authenticated, service_role;

create function private.horas_pendentes() returns table ("cdSensor" integer, "dtHora" timestamp)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct p."cdSensor", p."dtHora"
  from private."TbRollupPendente" p cross join private."TbRollupMarca" m
  where p."cdSensor" is not null and p."dtHora" >= m."dtPiso" and p."dtHora" < m."dtMarca"
    and private.sensor_visivel(p."cdSensor")
$$;
comment on function private.horas_pendentes() is 'Hours of sensors that are read from the readings, as something in them changed.';
revoke all on function private.horas_pendentes() from public;
grant execute on function private.horas_pendentes() to authenticated, service_role;

-- For the views: all buckets that no rollup answers. Inlined, so that what a view is asked for reaches the indexes.
create function private.baldes_das_leituras(p_minutos integer)
returns table ("cdSensor" integer, "cdCliente" integer, "cdProdutoItem" integer, "dtBucket" timestamp,
               "nrQtd" integer, "nrSoma" double precision, "nrMin" double precision, "nrMax" double precision)
language sql stable as $$
  select r."cdSensor", r."cdCliente", r."cdProdutoItem", date_bin(make_interval(mins => p_minutos), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.somavel(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from public."TbSensorRegistro" r
  where r."nrValor" is not null and r."dtRegistro" >= (select m.marca from private.marca_dos_rollups() m)
  group by 1, 2, 3, 4
  union all
  select r."cdSensor", r."cdCliente", r."cdProdutoItem", date_bin(make_interval(mins => p_minutos), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.somavel(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from public."TbSensorRegistro" r
  where r."nrValor" is not null and r."dtRegistro" < (select m.piso from private.marca_dos_rollups() m)
    and r."dtRegistro" < (select m.marca from private.marca_dos_rollups() m)
  group by 1, 2, 3, 4
  union all
  select r."cdSensor", r."cdCliente", r."cdProdutoItem", date_bin(make_interval(mins => p_minutos), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.somavel(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from private.horas_pendentes() p
  join public."TbSensorRegistro" r
    on r."cdSensor" = p."cdSensor" and r."dtRegistro" >= p."dtHora" and r."dtRegistro" < p."dtHora" + interval '1 hour'
  where r."nrValor" is not null
  group by 1, 2, 3, 4
  union all
  select r."cdSensor", r."cdCliente", r."cdProdutoItem", date_bin(make_interval(mins => p_minutos), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.somavel(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from public."TbSensorRegistro1h" h
  join public."TbSensorRegistro" r
    on r."cdSensor" = h."cdSensor" and r."dtRegistro" >= h."dtBucket" and r."dtRegistro" < h."dtBucket" + interval '1 hour'
    and r."cdCliente" = h."cdCliente" and r."cdProdutoItem" is not distinct from h."cdProdutoItem"
  where r."nrValor" is not null and p_minutos < 60 and h."nrFino" > p_minutos
    and not exists (select from private.horas_pendentes() p where p."cdSensor" = h."cdSensor" and p."dtHora" = h."dtBucket")
  group by 1, 2, 3, 4
$$;
comment on function private.baldes_das_leituras(integer) is 'Buckets that are not, or not rightly, in the rollup of so many minutes.';
revoke all on function private.baldes_das_leituras(integer) from public;
grant execute on function private.baldes_das_leituras(integer) to authenticated, service_role;
-- end

-- from sql/40_private/45_cursor_pontos.sql
-- What public.get_data_points is asked for: the page, the resolution, and whether some of it has expired.

-- Opaque to callers: base64 of 'agg,last time given', so that all pages of an answer have one resolution.
create function private.ler_cursor_pontos(p_texto text, out agg text, out apos timestamp)
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_partes text[];
begin
  if p_texto is null then
    return;
  end if;
  v_partes := regexp_match(convert_from(decode(p_texto, 'base64'), 'UTF8'),
                           '^(raw|1m|5m|1h),(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)$');
  if v_partes is null then
    raise data_exception;
  end if;
  agg := v_partes[1];
  apos := v_partes[2]::timestamp;
exception
  when data_exception then -- of every kind: bad base64, bad UTF-8, a date that is none
    raise sqlstate 'PT400' using message = 'cursor is not one that was handed out', hint = 'INVALID_PARAMETER';
end
$$;
comment on function private.ler_cursor_pontos(text) is 'Where a page of data points begins; nulls for the first one.';
revoke all on function private.ler_cursor_pontos(text) from public;
grant execute on function private.ler_cursor_pontos(text) to authenticated, service_role;

create function private.escrever_cursor_pontos(p_agg text, p_apos timestamp) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select translate(encode(convert_to(p_agg || ',' || p_apos, 'UTF8'), 'base64'), E'\n', '')
$$;
comment on function private.escrever_cursor_pontos(text, timestamp) is 'The cursor behind this time.';
revoke all on function private.escrever_cursor_pontos(text, timestamp) from public;
grant execute on function private.escrever_cursor_pontos(text, timestamp) to authenticated, service_role;

create function private.minutos_de(p_agg text) returns integer
language sql immutable parallel safe as $$
  select case p_agg when '1m' then 1 when '5m' then 5 when '1h' then 60 end
$$;
comment on function private.minutos_de(text) is 'Width of the buckets in minutes; null for raw.';
revoke all on function private.minutos_de(text) from public;
grant execute on function private.minutos_de(text) to authenticated, service_role;
-- end

-- from sql/40_private/45_escolher_resolucao.sql
-- Which resolution an answer has, and whether it can have it.

create function private.contar_baldes(p_minutos integer, p_de timestamp, p_ate timestamp) returns bigint
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select (date_part('epoch', date_bin(l.largura, p_ate - interval '1 microsecond', timestamp '2000-01-01')
                           - date_bin(l.largura, p_de, timestamp '2000-01-01')) / 60)::bigint / p_minutos + 1
  from (select make_interval(mins => p_minutos) as largura) l
$$;
comment on function private.contar_baldes(integer, timestamp, timestamp) is 'How many buckets a time touches, its end excluded.';
revoke all on function private.contar_baldes(integer, timestamp, timestamp) from public;
grant execute on function private.contar_baldes(integer, timestamp, timestamp) to authenticated, service_role;

create function private.contar_leituras(p_cd_sensor integer, p_de timestamp, p_ate timestamp) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_seqscan = off set enable_bitmapscan = off set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_plano private.plano_de_leitura := private.planejar_leitura(60, array[p_cd_sensor], p_de, p_ate);
begin
  return (select coalesce(sum(b."nrQtd"), 0) from private.baldes(60, array[p_cd_sensor], v_plano, true) b);
end
$$;
comment on function private.contar_leituras(integer, timestamp, timestamp) is 'How many numbers a sensor reported, by its rollups.';
revoke all on function private.contar_leituras(integer, timestamp, timestamp) from public;
grant execute on function private.contar_leituras(integer, timestamp, timestamp) to authenticated, service_role;

-- The finest resolution with at most p_pontos points. A window that begins in mid-minute touches one minute more.
create function private.escolher_agg(p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_pontos integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_leituras bigint := private.contar_leituras(p_cd_sensor, p_de, p_ate);
begin
  return case
    when v_leituras <= p_pontos and p_ate - p_de <= interval '14 days' then 'raw'
    when least(v_leituras, private.contar_baldes(1, p_de, p_ate)) <= p_pontos then '1m'
    when least(v_leituras, private.contar_baldes(5, p_de, p_ate)) <= p_pontos then '5m'
    else '1h'
  end;
end
$$;
comment on function private.escolher_agg(integer, timestamp, timestamp, integer) is
  'The finest resolution that gives at most so many points.';
revoke all on function private.escolher_agg(integer, timestamp, timestamp, integer) from public;
grant execute on function private.escolher_agg(integer, timestamp, timestamp, integer) to authenticated, service_role;

-- The newest reading of the time asked for says what kind of point it is.
create function private.eh_numerico(p_cd_sensor integer, p_de timestamp, p_ate timestamp) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off set jit = off
set plan_cache_mode = force_generic_plan as $$
begin
  return coalesce((
    select r."nrValor" is not null from public."TbSensorRegistro" r
    where r."cdSensor" = p_cd_sensor and r."dtRegistro" >= p_de and r."dtRegistro" < p_ate
    order by r."dtRegistro" desc limit 1), true);
end
$$;
comment on function private.eh_numerico(integer, timestamp, timestamp) is 'The newest reading is a number, or there is none.';
revoke all on function private.eh_numerico(integer, timestamp, timestamp) from public;
grant execute on function private.eh_numerico(integer, timestamp, timestamp) to authenticated, service_role;

create function private.exigir_pontos(p_de timestamp, p_ate timestamp, p_agg text, p_limite integer, p_pontos integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_erro text := case
    when not coalesce(isfinite(p_de) and isfinite(p_ate), false) then 'from and to are needed, and finite'
    when p_ate < p_de then 'to must not be before from'
    when not coalesce(p_agg in ('raw', '1m', '5m', '1h', 'auto'), false) then 'agg is one of raw, 1m, 5m, 1h, auto'
    when not coalesce(p_limite between 1 and 100000, false) then 'limit is 1 to 100000'
    when not p_pontos between 3 and 10000 then 'maxPoints is 3 to 10000'
  end;
begin
  if v_erro is not null then
    raise sqlstate 'PT400' using message = v_erro, hint = 'INVALID_PARAMETER';
  end if;
end
$$;
comment on function private.exigir_pontos(timestamp, timestamp, text, integer, integer) is
  'PT400 unless these are arguments of get_data_points.';
revoke all on function private.exigir_pontos(timestamp, timestamp, text, integer, integer) from public;
grant execute on function private.exigir_pontos(timestamp, timestamp, text, integer, integer) to authenticated, service_role;

-- Buckets that are asked for by name are looked at first: see private.exigir_numeros.
create function private.resolver_agg(p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_agg text, p_pontos integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return case
    when p_agg not in ('raw', 'auto') then p_agg
    when not private.eh_numerico(p_cd_sensor, p_de, p_ate) then 'raw'
    when p_agg = 'auto' then private.escolher_agg(p_cd_sensor, p_de, p_ate, coalesce(p_pontos, 3000))
    when p_ate - p_de > interval '14 days' then '1m'
    else 'raw'
  end;
end
$$;
comment on function private.resolver_agg(integer, timestamp, timestamp, text, integer) is 'The resolution of an answer.';
revoke all on function private.resolver_agg(integer, timestamp, timestamp, text, integer) from public;
grant execute on function private.resolver_agg(integer, timestamp, timestamp, text, integer) to authenticated, service_role;

-- Asked only where no bucket was found, so that who has numbers does not pay for it. PT400 INVALID_PARAMETER.
create function private.exigir_numeros(p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_agg text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not private.eh_numerico(p_cd_sensor, p_de, p_ate) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('agg %s needs numbers; this sensor reports booleans or texts: ask for raw', p_agg);
  end if;
end
$$;
comment on function private.exigir_numeros(integer, timestamp, timestamp, text) is
  'PT400 for buckets of a time in which a sensor reported, but no numbers.';
revoke all on function private.exigir_numeros(integer, timestamp, timestamp, text) from public;
grant execute on function private.exigir_numeros(integer, timestamp, timestamp, text) to authenticated, service_role;
-- end

-- from sql/40_private/45_expirado.sql
-- Some of what was asked for has expired: in an hour of a visible client that has readings no more, and no rollup this fine.
create function private.ha_expirado(p_minutos integer, p_cd_sensor integer, p_de timestamp, p_ate timestamp) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visiveis integer[];
  v_largura interval := make_interval(mins => p_minutos);
begin
  if not exists (select from private."TbRetencaoPiso" f where f."dtBruto" > p_de or f."dt1h" > p_de) then
    return false;
  end if;
  v_visiveis := private.clientes_visiveis();
  return exists (
    select from private."TbRetencaoPiso" f
    where f."cdCliente" = any (v_visiveis)
      and f."cdCliente" in (
        select d."cdCliente" from public."TbSensorVinculo" s
        join public."TbDispositivoVinculo" d on d."cdDispositivo" = s."cdDispositivo"
        where s."cdSensor" = p_cd_sensor)
      and (f."dt1h" > p_de or exists (
        select from public."TbSensorRegistro1h" b
        where b."cdSensor" = p_cd_sensor and b."cdCliente" = f."cdCliente"
          and b."dtBucket" > p_de - interval '1 hour' and b."dtBucket" < least(p_ate, f."dtBruto")
          and (b."nrFino" > p_minutos or p_minutos is null
            -- the piece of a bucket that is asked for would have to come from the readings
            or date_trunc('hour', p_de) = b."dtBucket" and p_de <> date_bin(v_largura, p_de, timestamp '2000-01-01')
            or date_trunc('hour', p_ate) = b."dtBucket" and p_ate <> date_bin(v_largura, p_ate, timestamp '2000-01-01')))));
end
$$;
comment on function private.ha_expirado(integer, integer, timestamp, timestamp) is
  'Some of what this resolution (minutes; null: readings) would show has expired.';
revoke all on function private.ha_expirado(integer, integer, timestamp, timestamp) from public;
grant execute on function private.ha_expirado(integer, integer, timestamp, timestamp) to authenticated, service_role;
-- end

-- from sql/40_private/45_pontos_ralos.sql
-- The points of public.get_data_points, thinned.

-- Twice the area, or null at the ends. Differences below 1e-150 count as none: no product underflows. Inlined.
create function private.triangulo(p_ax double precision, p_ay double precision, p_bx double precision, p_by double precision,
                                  p_cx double precision, p_cy double precision) returns double precision
language sql immutable parallel safe as $$
  select abs((p_ax - p_cx) * case when abs(p_by - p_ay) > 1e-150 then p_by - p_ay else 0 end
           - (p_ax - p_bx) * case when abs(p_cy - p_ay) > 1e-150 then p_cy - p_ay else 0 end)
$$;
comment on function private.triangulo(double precision, double precision, double precision, double precision, double precision,
  double precision) is 'Twice the area of a triangle.';
revoke all on function private.triangulo(double precision, double precision, double precision, double precision, double precision,
  double precision) from public;
grant execute on function private.triangulo(double precision, double precision, double precision, double precision,
  double precision, double precision) to authenticated, service_role;

-- Largest triangle, three buckets (Steinarsson 2013): keeps the points that shape the curve. The first and last stay; of each of
-- the even pieces between them the one that makes the largest triangle with the point chosen before and the mean of the
-- next piece. For the choice, values beyond 1e150 count as that: no area overflows.
create function private.pontos_ralos(p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_pontos integer) returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off set jit = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_total bigint := private.contar_leituras(p_cd_sensor, p_de, p_ate);
  v_pedaco record;
  v_ts timestamp;
  v_y double precision;
  v_ponto json;
  v_pontos json[] := array[]::json[];
begin
  if v_total <= p_pontos then
    return (private.pontos_brutos(p_cd_sensor, p_de, p_ate, 100000)).dados;
  end if;
  for v_pedaco in
    select p.*, lead(p.x) over (order by p.k) as depois_x, lead(p.y) over (order by p.k) as depois_y
    from (
      select case l.n when 1 then 0 when v_total then p_pontos
                      else ((l.n - 1) * (p_pontos - 2) + v_total - 3) / (v_total - 2) end as k, -- whole numbers: rounded up
             min(l.ts) as de, max(l.ts) as ate, avg(l.x) as x, avg(l.y) as y
      from (
        select r."dtRegistro" as ts, date_part('epoch', r."dtRegistro" - p_de) as x,
               greatest(-1e150, least(1e150, r."nrValor")) as y, row_number() over (order by r."dtRegistro") as n
        from public."TbSensorRegistro" r
        where r."cdSensor" = p_cd_sensor and r."dtRegistro" >= p_de and r."dtRegistro" < p_ate and r."nrValor" is not null
      ) l
      group by 1
    ) p
    order by p.k
  loop
    select r."dtRegistro", greatest(-1e150, least(1e150, r."nrValor")),
           json_build_object('ts', r."dtRegistro", 'value', r."nrValor", 'quality', r."nrQualidade")
    into v_ts, v_y, v_ponto
    from public."TbSensorRegistro" r
    where r."cdSensor" = p_cd_sensor and r."dtRegistro" >= v_pedaco.de and r."dtRegistro" <= v_pedaco.ate and r."nrValor" is not null
    order by private.triangulo(date_part('epoch', v_ts - p_de), v_y, date_part('epoch', r."dtRegistro" - p_de),
                               greatest(-1e150, least(1e150, r."nrValor")), v_pedaco.depois_x, v_pedaco.depois_y) desc nulls last,
             r."dtRegistro"
    limit 1;
    v_pontos := array_append(v_pontos, v_ponto);
  end loop;
  return array_to_json(v_pontos);
end
$$;
comment on function private.pontos_ralos(integer, timestamp, timestamp, integer) is
  'At most so many of the readings of one sensor as JSON, chosen so that their curve looks the same.';
revoke all on function private.pontos_ralos(integer, timestamp, timestamp, integer) from public;
grant execute on function private.pontos_ralos(integer, timestamp, timestamp, integer) to authenticated, service_role;
-- end

-- from sql/40_private/45_pontos.sql
-- The points of public.get_data_points: readings, or buckets.

create function private.pontos_por_balde(p_minutos integer, p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_limite integer,
                                         out dados json, out ultimo timestamp, out mais boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_seqscan = off set enable_bitmapscan = off set jit = off set plan_cache_mode = force_generic_plan set work_mem = '16MB' as $$
declare
  v_plano private.plano_de_leitura := private.planejar_leitura(p_minutos, array[p_cd_sensor], p_de, p_ate);
begin
  -- a row as JSON costs half of what json_build_object does; whether another follows is not looked for
  if v_plano.repartido then
    select coalesce(json_agg(b), '[]'), max(b.ts), count(*) = p_limite
    into dados, ultimo, mais
    from (
      select b."dtBucket" as ts, case when abs(sum(b."nrSoma")) < 'Infinity' then sum(b."nrSoma") / sum(b."nrQtd") end as avg,
             min(b."nrMin") as min, max(b."nrMax") as max,
             case when abs(sum(b."nrSoma")) < 'Infinity' then sum(b."nrSoma") end as sum, sum(b."nrQtd") as count
      from private.baldes(p_minutos, array[p_cd_sensor], v_plano, true) b
      group by 1 order by 1 limit p_limite
    ) b;
  else
    select coalesce(json_agg(b), '[]'), max(b.ts), count(*) = p_limite
    into dados, ultimo, mais
    from (
      select b."dtBucket" as ts, case when abs(b."nrSoma") < 'Infinity' then b."nrSoma" / b."nrQtd" end as avg,
             b."nrMin" as min, b."nrMax" as max, case when abs(b."nrSoma") < 'Infinity' then b."nrSoma" end as sum, b."nrQtd" as count
      from private.baldes(p_minutos, array[p_cd_sensor], v_plano, true) b
      order by 1 limit p_limite
    ) b;
  end if;
end
$$;
comment on function private.pontos_por_balde(integer, integer, timestamp, timestamp, integer) is
  'Buckets of one sensor as JSON, ascending, the time of the last one, and whether there may be more.';
revoke all on function private.pontos_por_balde(integer, integer, timestamp, timestamp, integer) from public;
grant execute on function private.pontos_por_balde(integer, integer, timestamp, timestamp, integer) to authenticated, service_role;

create function private.pontos_brutos(p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_limite integer,
                                      out dados json, out ultimo timestamp, out mais boolean)
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off set jit = off
set plan_cache_mode = force_generic_plan as $$
begin
  select coalesce(json_agg(r), '[]'), max(r.ts), count(*) = p_limite
  into dados, ultimo, mais
  from (
    select r."dtRegistro" as ts, coalesce(to_json(r."nrValor"), to_json(r."blValor"), to_json(r."dsValor")) as value,
           r."nrQualidade" as quality
    from public."TbSensorRegistro" r
    where r."cdSensor" = p_cd_sensor and r."dtRegistro" >= p_de and r."dtRegistro" < p_ate
    order by r."dtRegistro" limit p_limite
  ) r;
end
$$;
comment on function private.pontos_brutos(integer, timestamp, timestamp, integer) is
  'Readings of one sensor as JSON, ascending, the time of the last one, and whether there may be more.';
revoke all on function private.pontos_brutos(integer, timestamp, timestamp, integer) from public;
grant execute on function private.pontos_brutos(integer, timestamp, timestamp, integer) to authenticated, service_role;
-- end

-- from sql/50_views/10_VwSensorRegistro.sql
-- What a dashboard reads: the readings and their rollups of the caller's clients, exact at any moment. Name a sensor or a
-- time when you ask: what is not summed up yet is summed up on reading.
create view public."VwSensorRegistro" with (security_invoker = true, security_barrier = true) as
select r."cdSensor", r."dtRegistro", r."nrValor", r."blValor", r."dsValor", r."nrQualidade", r."cdPosicao", r."cdDispositivo",
       r."cdCliente", r."cdProdutoItem"
from public."TbSensorRegistro" r;
revoke all on public."VwSensorRegistro" from public, anon, authenticated;
grant select on public."VwSensorRegistro" to authenticated, service_role;
comment on view public."VwSensorRegistro" is 'Sensor readings of the caller''s clients.';

create view public."VwSensorRegistro1m" with (security_invoker = true, security_barrier = true) as
select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin", b."nrMax"
from public."TbSensorRegistro1m" b
where not exists (
  select from private.horas_pendentes() p
  where p."cdSensor" = b."cdSensor" and p."dtHora" = date_trunc('hour', b."dtBucket")
    and b."dtBucket" >= private.bruto_expirado(b."cdCliente"))
union all
select l."cdSensor", l."cdCliente", l."cdProdutoItem", l."dtBucket", l."nrQtd", l."nrSoma", l."nrMin", l."nrMax"
from private.baldes_das_leituras(1) l;
revoke all on public."VwSensorRegistro1m" from public, anon, authenticated;
grant select on public."VwSensorRegistro1m" to authenticated, service_role;
comment on view public."VwSensorRegistro1m" is 'Readings of the caller''s clients by minute, UTC: number, sum, least and greatest.';

create view public."VwSensorRegistro5m" with (security_invoker = true, security_barrier = true) as
select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin", b."nrMax"
from public."TbSensorRegistro5m" b
where not exists (
  select from private.horas_pendentes() p
  where p."cdSensor" = b."cdSensor" and p."dtHora" = date_trunc('hour', b."dtBucket")
    and b."dtBucket" >= private.bruto_expirado(b."cdCliente"))
union all
select l."cdSensor", l."cdCliente", l."cdProdutoItem", l."dtBucket", l."nrQtd", l."nrSoma", l."nrMin", l."nrMax"
from private.baldes_das_leituras(5) l;
revoke all on public."VwSensorRegistro5m" from public, anon, authenticated;
grant select on public."VwSensorRegistro5m" to authenticated, service_role;
comment on view public."VwSensorRegistro5m" is 'Readings of the caller''s clients by five minutes, UTC: number, sum, least and greatest.';

create view public."VwSensorRegistro1h" with (security_invoker = true, security_barrier = true) as
select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin", b."nrMax"
from public."TbSensorRegistro1h" b
where not exists (
  select from private.horas_pendentes() p
  where p."cdSensor" = b."cdSensor" and p."dtHora" = date_trunc('hour', b."dtBucket")
    and b."dtBucket" >= private.bruto_expirado(b."cdCliente"))
union all
select l."cdSensor", l."cdCliente", l."cdProdutoItem", l."dtBucket", l."nrQtd", l."nrSoma", l."nrMin", l."nrMax"
from private.baldes_das_leituras(60) l;
revoke all on public."VwSensorRegistro1h" from public, anon, authenticated;
grant select on public."VwSensorRegistro1h" to authenticated, service_role;
comment on view public."VwSensorRegistro1h" is 'Readings of the caller''s clients by hour, UTC: number, sum, least and greatest.';
-- end

-- from sql/60_rpc/13_get_data_points.sql
-- Readings or buckets of one sensor, ascending: {cdSensor, agg, degraded, thinned, expired, data,
-- complete, nextCursor}.
-- p_dt_inicio, p_dt_fim   from, included, to, excluded; buckets at the ends hold what lies between them only
-- p_agg         raw, 1m, 5m, 1h, or auto: the finest with at most p_max_points points (3,000 unless given). raw over more than
--               14 days becomes 1m, degraded says so. A time of booleans and texts is raw only.
-- p_limit       points at most, 1 to 100,000;  p_cursor  nextCursor of the page before
-- p_max_points  raw only: thins what was asked for to so many points, 3 to 10,000, by largest triangles; in one page
-- data          raw {ts, value, quality}; otherwise {ts, avg, min, max, sum, count}, avg and sum null where they overflow. UTC
-- expired       some of what was asked for has, on whatever page;  complete  false then, and when there is more (nextCursor)
-- Who: callers with the permission read; row-level security decides which readings. Raises PT400 INVALID_PARAMETER.
create function public.get_data_points(p_cd_sensor integer, p_dt_inicio timestamptz, p_dt_fim timestamptz, p_agg text default 'auto',
                                       p_limit integer default 10000, p_cursor text default null, p_max_points integer default null)
returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_de timestamp := p_dt_inicio at time zone 'UTC';
  v_ate timestamp := p_dt_fim at time zone 'UTC';
  v_cursor record := private.ler_cursor_pontos(p_cursor);
  v_agg text := coalesce(v_cursor.agg, p_agg);
  v_ralo boolean := false;
  v_pontos record;
  v_expirado boolean;
begin
  perform private.exigir('read');
  perform private.exigir_pontos(v_de, v_ate, p_agg, p_limit, p_max_points);
  if v_cursor.agg is null then
    v_agg := private.resolver_agg(p_cd_sensor, v_de, v_ate, p_agg, p_max_points);
    v_ralo := v_agg = 'raw' and p_max_points is not null and private.eh_numerico(p_cd_sensor, v_de, v_ate);
  end if;
  v_expirado := private.ha_expirado(private.minutos_de(v_agg), p_cd_sensor, v_de, v_ate);
  if v_cursor.apos is not null then
    v_de := greatest(v_de, v_cursor.apos + coalesce(make_interval(mins => private.minutos_de(v_agg)), interval '1 microsecond'));
  end if;
  if v_ralo then
    select private.pontos_ralos(p_cd_sensor, v_de, v_ate, p_max_points) as dados, null::timestamp as ultimo, false as mais into v_pontos;
  elsif v_agg = 'raw' then
    v_pontos := private.pontos_brutos(p_cd_sensor, v_de, v_ate, p_limit);
  else
    v_pontos := private.pontos_por_balde(private.minutos_de(v_agg), p_cd_sensor, v_de, v_ate, p_limit);
    if v_pontos.ultimo is null and v_cursor.agg is null then
      perform private.exigir_numeros(p_cd_sensor, v_de, v_ate, v_agg);
    end if;
  end if;
  return json_build_object(
    'cdSensor', p_cd_sensor, 'agg', v_agg, 'degraded', v_agg <> 'raw' and p_agg = 'raw', 'thinned', v_ralo,
    'expired', v_expirado, 'data', v_pontos.dados, 'complete', not v_expirado and not v_pontos.mais,
    'nextCursor', case when v_pontos.mais then private.escrever_cursor_pontos(v_agg, v_pontos.ultimo) end);
end
$$;
comment on function public.get_data_points(integer, timestamptz, timestamptz, text, integer, text, integer) is
  'Readings of a sensor, or their rollup in buckets, exact at any moment.';
revoke all on function public.get_data_points(integer, timestamptz, timestamptz, text, integer, text, integer) from public;
grant execute on function public.get_data_points(integer, timestamptz, timestamptz, text, integer, text, integer)
  to authenticated, service_role;
-- end

-- from sql/40_private/50_saude.sql
-- The parts of public.get_saude_series.
create function private.meses_adiante() returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  -- of the table that has the fewest
  select coalesce(min(t.meses), 0)::integer
  from (
    select (select count(*) from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = p.oid
              and private.mes_da_particao(c.relname) > now() at time zone 'UTC') as meses
    from pg_class p where p.relnamespace = 'public'::regnamespace and p.relkind = 'p'
  ) t
$$;
comment on function private.meses_adiante() is 'For how many months after this one every partitioned table has partitions.';
revoke all on function private.meses_adiante() from public;

create function private.saude_dos_passos() returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'step', p.passo, 'lastStart', u."dtInicio", 'seconds', round(extract(epoch from u."dtFim" - u."dtInicio"), 3), 'rows', u."nrLinhas",
    'error', u."dsErro",
    'failures24h', (select count(*) from public."TbManutencaoExecucao" e
                    where e."dsPasso" = p.passo and e."dsErro" is not null and e."dtInicio" > now() - interval '1 day'))
    order by p.n), '[]')
  from unnest(private.passos()) with ordinality as p(passo, n)
  left join lateral (
    select e.* from public."TbManutencaoExecucao" e where e."dsPasso" = p.passo order by e."dtInicio" desc limit 1
  ) u on true
$$;
comment on function private.saude_dos_passos() is 'How each step of the upkeep last went.';
revoke all on function private.saude_dos_passos() from public;
-- end

-- from sql/60_rpc/14_get_saude_series.sql
-- How the upkeep of the time series gets on: {status, watermark, floor, lagSeconds, dirtyWindows, partitionsAhead, lastRun, steps,
-- reasons}. Times of data are UTC without offset. lagSeconds: since the watermark; up to an hour and nrMinutosRollup is
-- how it must be. dirtyWindows is counted up to 10,000. steps: the last run of each, and its failures of the last 24 hours.
-- Who: everybody, as for other questions after health: nothing of any client is in it. Security definer for that.
create function public.get_saude_series() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_saude jsonb;
  v_motivos text[];
begin
  select jsonb_build_object(
    'watermark', case when isfinite(m."dtMarca") then m."dtMarca" end,
    'floor', case when isfinite(m."dtPiso") then m."dtPiso" end,
    'lagSeconds', case when isfinite(m."dtMarca") then round(extract(epoch from now() at time zone 'UTC' - m."dtMarca"), 3) end,
    'dirtyWindows', (select count(*) from (
       select distinct p."dtHora", p."cdSensor", p."cdDispositivo"
       from (select * from private."TbRollupPendente" limit 10000) p) d),
    'partitionsAhead', private.meses_adiante(),
    'lastRun', (select jsonb_build_object('startedAt', min(e."dtInicio"), 'endedAt', max(e."dtFim")) from public."TbManutencaoExecucao" e
       where e."dsQuem" = (select u."dsQuem" from public."TbManutencaoExecucao" u where u."dtFim" is not null
                           order by u."dtInicio" desc limit 1)
       having count(*) > 0),
    'steps', private.saude_dos_passos())
  into v_saude
  from private."TbRollupMarca" m;

  v_motivos := array_remove(array[
    case when not v_saude -> 'lastRun' <> 'null' then 'The upkeep has never run'
         when (v_saude #>> '{lastRun,endedAt}')::timestamptz < now() - interval '10 minutes'
           then 'The upkeep last ran ' || date_trunc('second', now() - (v_saude #>> '{lastRun,endedAt}')::timestamptz) || ' ago' end,
    case when (v_saude ->> 'lagSeconds')::numeric > 2 * 3600 + 60 * (select "nrMinutosRollup" from private."TbConfiguracao")
           then 'The watermark is late: a transaction may be open for too long' end,
    case when (v_saude ->> 'partitionsAhead')::integer < 1 then 'There is no partition for next month' end,
    case when exists (select from private."TbRollupPendente" p where p."dtMarcado" < now() - interval '15 minutes')
           then 'Dirty windows have been waiting for more than 15 minutes' end], null)
    || array(select format('Step %s failed: %s', s ->> 'step', s ->> 'error')
             from jsonb_array_elements(v_saude -> 'steps') s where s ->> 'error' is not null);
  return v_saude || jsonb_build_object('status', case when v_motivos = '{}' then 'ok' else 'degraded' end, 'reasons', v_motivos);
end
$$;
comment on function public.get_saude_series() is 'How the upkeep of the time series gets on.';
revoke all on function public.get_saude_series() from public;
grant execute on function public.get_saude_series() to authenticated, service_role;
-- end

-- from sql/70_triggers/08_rollups.sql
-- Ingestion marks what is late for a whole batch (private.marcar_pendentes) and says so in rastro.marcas; whatever else writes
-- or deletes time series is marked here. In a transaction with one snapshot everything is marked: it may not see what was
-- announced meanwhile.
create function private.marca_anunciada() returns timestamp
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select case when current_setting('transaction_isolation') = 'read committed' then m."dtAnunciada" else 'infinity' end
  from private."TbRollupMarca" m
$$;
comment on function private.marca_anunciada() is 'What is older than this must be marked when it is written.';
revoke all on function private.marca_anunciada() from public;

create function private.marcar_inserido() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_expirado timestamp := (select f."dtAnunciado" from private."TbRetencaoPiso" f where f."cdCliente" = new."cdCliente");
begin
  if new."dtRegistro" < v_expirado then
    raise sqlstate 'PT400' using hint = 'TIMESTAMP_OUT_OF_RANGE', detail = 'They would not be kept: see TbPoliticaRetencao.',
      message = format('dtRegistro %s: readings of client %s before %s UTC have expired', new."dtRegistro", new."cdCliente", v_expirado);
  end if;
  if new."dtRegistro" < private.marca_anunciada() then
    insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdDispositivo")
    values (date_trunc('hour', new."dtRegistro"), (to_jsonb(new) ->> 'cdSensor')::integer,
            case when tg_argv[0] = 'TbPosicao' then (to_jsonb(new) ->> 'cdDispositivo')::integer end);
  end if;
  return null;
end
$$;
comment on function private.marcar_inserido() is 'Marks the hour of a row that did not come through ingestion; refuses what would have expired.';
revoke all on function private.marcar_inserido() from public;

create function private.marcar_leituras_mudadas() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_anunciada timestamp := private.marca_anunciada();
begin
  insert into private."TbRollupPendente" ("dtHora", "cdSensor")
  select distinct date_trunc('hour', m."dtRegistro"), m."cdSensor" from mudadas m where m."dtRegistro" < v_anunciada;
  return null;
end
$$;
comment on function private.marcar_leituras_mudadas() is 'Marks the hours of readings that were deleted or changed.';
revoke all on function private.marcar_leituras_mudadas() from public;

create function private.marcar_posicoes_mudadas() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_anunciada timestamp := private.marca_anunciada();
begin
  insert into private."TbRollupPendente" ("dtHora", "cdDispositivo")
  select distinct date_trunc('hour', m."dtRegistro"), m."cdDispositivo" from mudadas m where m."dtRegistro" < v_anunciada;
  return null;
end
$$;
comment on function private.marcar_posicoes_mudadas() is 'Marks the hours of positions that were deleted or changed.';
revoke all on function private.marcar_posicoes_mudadas() from public;

create function private.esvaziar_rollups() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_table_name = 'TbSensorRegistro' then
    truncate public."TbSensorRegistro1m", public."TbSensorRegistro5m", public."TbSensorRegistro1h", public."TbSensorRegistro1d";
  else
    truncate public."TbContagemDiaria";
  end if;
  return null;
end
$$;
comment on function private.esvaziar_rollups() is 'Rollups and counters go with what they were made of.';
revoke all on function private.esvaziar_rollups() from public;

create function private.marcar_janela() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into private."TbRollupPendente" ("dtHora", "cdDispositivo") values ('-infinity', new."cdDispositivo");
  return null;
end
$$;
comment on function private.marcar_janela() is 'Asks for the days of a device to be counted anew.';
revoke all on function private.marcar_janela() from public;
-- end

-- from sql/70_triggers/08_rollups_gatilhos.sql
-- What calls the functions that mark what is late.
create trigger "TbDispositivo_janela" after update of "horarioMedicaoInicio", "horarioMedicaoFim" on public."TbDispositivo"
  for each row
  when ((old."horarioMedicaoInicio", old."horarioMedicaoFim") is distinct from (new."horarioMedicaoInicio", new."horarioMedicaoFim"))
  execute function private.marcar_janela();
comment on trigger "TbDispositivo_janela" on public."TbDispositivo" is 'Days counted for the former window are counted anew.';

create trigger "TbSensorRegistro_inserido" after insert on public."TbSensorRegistro"
  for each row when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_inserido('TbSensorRegistro');
create trigger "TbSensorRegistro_apagado" after delete on public."TbSensorRegistro" referencing old table as mudadas
  for each statement when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_leituras_mudadas();
create trigger "TbSensorRegistro_antes" after update on public."TbSensorRegistro" referencing old table as mudadas
  for each statement when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_leituras_mudadas();
create trigger "TbSensorRegistro_depois" after update on public."TbSensorRegistro" referencing new table as mudadas
  for each statement when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_leituras_mudadas();
create trigger "TbSensorRegistro_esvaziado" after truncate on public."TbSensorRegistro"
  for each statement execute function private.esvaziar_rollups();
comment on trigger "TbSensorRegistro_inserido" on public."TbSensorRegistro" is 'Marks late rows that did not come through ingestion.';
comment on trigger "TbSensorRegistro_apagado" on public."TbSensorRegistro" is 'Marks the hours of deleted rows.';
comment on trigger "TbSensorRegistro_antes" on public."TbSensorRegistro" is 'Marks the hours where changed rows were.';
comment on trigger "TbSensorRegistro_depois" on public."TbSensorRegistro" is 'Marks the hours where changed rows are.';
comment on trigger "TbSensorRegistro_esvaziado" on public."TbSensorRegistro" is 'Rollups go with what they were made of.';

create trigger "TbPosicao_inserido" after insert on public."TbPosicao"
  for each row when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_inserido('TbPosicao');
create trigger "TbPosicao_apagado" after delete on public."TbPosicao" referencing old table as mudadas
  for each statement when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_posicoes_mudadas();
create trigger "TbPosicao_antes" after update on public."TbPosicao" referencing old table as mudadas
  for each statement when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_posicoes_mudadas();
create trigger "TbPosicao_depois" after update on public."TbPosicao" referencing new table as mudadas
  for each statement when (current_setting('rastro.marcas', true) is distinct from 'em conjunto')
  execute function private.marcar_posicoes_mudadas();
create trigger "TbPosicao_esvaziado" after truncate on public."TbPosicao"
  for each statement execute function private.esvaziar_rollups();
comment on trigger "TbPosicao_inserido" on public."TbPosicao" is 'Marks late rows that did not come through ingestion.';
comment on trigger "TbPosicao_apagado" on public."TbPosicao" is 'Marks the hours of deleted rows.';
comment on trigger "TbPosicao_antes" on public."TbPosicao" is 'Marks the hours where changed rows were.';
comment on trigger "TbPosicao_depois" on public."TbPosicao" is 'Marks the hours where changed rows are.';
comment on trigger "TbPosicao_esvaziado" on public."TbPosicao" is 'Rollups go with what they were made of.';
-- end

-- from sql/80_policies/10_rollups.sql
-- Rollups and counters are seen by whom the rows they were made of are seen by. Nobody writes them but the upkeep.
create policy ler on public."TbSensorRegistro1m" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy ler on public."TbSensorRegistro5m" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy ler on public."TbSensorRegistro1h" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy ler on public."TbSensorRegistro1d" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy ler on public."TbContagemDiaria" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
-- How long data is kept is seen by the people of a client; that for everybody by the service.
create policy ler on public."TbPoliticaRetencao" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]) or (select private.eh_servico()));
-- end

select private.garantir_particoes();
