-- Rollups of readings and counters of positions, exact at any moment.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/60_rollups/types
create type private.bucket as (
  "dtBucket" timestamp, "nrQtd" integer, "nrSoma" double precision, "nrMin" double precision,
  "nrMax" double precision);
comment on type private.bucket is 'A bucket of one sensor, of whatever client and product item.';
create type private.data_range as (code integer, "cdCliente" integer, since timestamp, until timestamp);
comment on type private.data_range is
  'A time range of a sensor or device, end excluded; of one client, or of all when cdCliente is null.';
create type private.reading_plan as (
  since timestamp, until timestamp, dirty private.data_range[], raw_ranges private.data_range[],
  is_split boolean, is_packed boolean);
comment on type private.reading_plan is
  'Which buckets come from a rollup: [since, until) without the hours in dirty (null: none). '
  'raw_ranges are read from the values instead. is_split: a bucket of a sensor may have several rows. '
  'is_packed: some of the rollup is packed.';
-- end

-- from sql/60_rollups/tables
-- The starts of minutes, five minutes and hours, so that the views find values by the bucket that is asked
-- for: a condition on a computed bucket would be checked value by value, over the whole history of a sensor.
-- And under row-level security only comparisons of columns may use an index, so the ends are columns as well.
-- An hour is in it as a whole, for all clients, as soon as some sensor has it without finer rollups.
create table private."TbCalendario" (
  "dtBucket" timestamp not null,
  "dtFim" timestamp not null,
  "dtHora" timestamp not null,
  "nrMinutos" smallint not null check ("nrMinutos" in (1, 5, 60)),
  primary key ("nrMinutos", "dtBucket")
);
alter table private."TbCalendario" enable row level security;
revoke all on private."TbCalendario" from public, anon, authenticated;
grant select on private."TbCalendario" to authenticated, service_role;
comment on table private."TbCalendario" is
  'Buckets of one, five and sixty minutes of hours that some sensor has without finer rollups.';
comment on column private."TbCalendario"."dtBucket" is 'Start of the bucket, UTC.';
comment on column private."TbCalendario"."dtFim" is 'End of the bucket, excluded.';
comment on column private."TbCalendario"."dtHora" is 'Start of its hour.';
comment on column private."TbCalendario"."nrMinutos" is 'Width in minutes: 1, 5 or 60.';
-- How many positions a device sent on a day inside its measuring window, hour by hour: totals of history
-- without counting rows. A row says for which window it was counted; when the device has another window by
-- now, the row is not used.
create table series."TbContagemDiaria" (
  "dtDia" date not null,
  "cdDispositivo" integer not null,
  "cdCliente" integer not null,
  "nrQtd" integer not null,
  "nrHoras" integer[] not null check (array_length("nrHoras", 1) = 24),
  "horarioMedicaoInicio" time,
  "horarioMedicaoFim" time,
  primary key ("cdDispositivo", "dtDia", "cdCliente")
);
alter table series."TbContagemDiaria" enable row level security;
revoke all on series."TbContagemDiaria" from public, anon, authenticated;
grant select on series."TbContagemDiaria" to authenticated, service_role;
comment on table series."TbContagemDiaria" is
  'Positions of a device by day (UTC), inside its measuring window. Written by maintenance; exact up to the '
  'watermark.';
comment on column series."TbContagemDiaria"."cdCliente" is
  'Who owned the device when the positions were received.';
comment on column series."TbContagemDiaria"."nrQtd" is
  'Positions of the day inside the window: the sum of nrHoras.';
comment on column series."TbContagemDiaria"."nrHoras" is
  'Positions inside the window for each of the 24 hours, from midnight UTC.';
comment on column series."TbContagemDiaria"."horarioMedicaoInicio" is
  'Start of the measuring window the row was counted for.';
comment on column series."TbContagemDiaria"."horarioMedicaoFim" is
  'End of the measuring window the row was counted for.';
-- Where rollups and counters begin and end. Two rules make readers exact at any moment: what lies outside
-- [dtPiso, dtMarca) is read from the values, and so is every dirty hour (TbRollupPendente).
--
-- The watermark overtakes no ingest in flight, and no ingest waits: dtAnunciada moves first. Whoever writes
-- something older than that records a dirty hour in the same transaction. Only when every transaction that
-- may not have seen the announcement has ended (xiAnuncio) are the hours up to it summed up, and dtMarca
-- follows. See private.advance_watermark.
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
comment on table private."TbRollupMarca" is
  'Watermark of rollups and counters, one row; -infinity until maintenance ran for the first time.';
comment on column private."TbRollupMarca"."dtPiso" is
  'The floor, UTC: rollups begin here. What is older is read from the values.';
comment on column private."TbRollupMarca"."dtMarca" is
  'The watermark, UTC: rollups end here. What is newer is read from the values.';
comment on column private."TbRollupMarca"."dtAnunciada" is
  'The announced watermark, UTC. Whoever writes something older records a dirty hour.';
comment on column private."TbRollupMarca"."xiAnuncio" is
  'First transaction number given out after the announcement was visible; null until then.';
comment on column private."TbRollupMarca"."dtAnuncio" is 'When dtAnunciada was announced.';
-- Dirty hours. Entries are only ever inserted, by each writing transaction its own, so that no writer waits
-- for another or for maintenance. An entry becomes visible together with what was written; maintenance
-- deletes the entries that it saw before it summed up the hour again (private.redo_dirty_hours).
create table private."TbRollupPendente" (
  "cdPendente" bigint generated always as identity primary key,
  "dtHora" timestamp not null,
  "dtMarcado" timestamptz not null default now(),
  "cdSensor" integer,
  "cdDispositivo" integer,
  "cdCliente" integer,
  check (num_nonnulls("cdSensor", "cdDispositivo") = 1),
  check (("cdSensor" is null) = ("cdCliente" is null))
);
create index "TbRollupPendente_cdSensor_dtHora_idx" on private."TbRollupPendente"
  ("cdSensor", "dtHora") where "cdSensor" is not null;
create index "TbRollupPendente_cdDispositivo_dtHora_idx" on private."TbRollupPendente"
  ("cdDispositivo", "dtHora") where "cdDispositivo" is not null;
create index "TbRollupPendente_cdCliente_idx" on private."TbRollupPendente" ("cdCliente")
  where "cdCliente" is not null;
alter table private."TbRollupPendente" enable row level security;
revoke all on private."TbRollupPendente" from public, anon, authenticated;
grant select ("cdSensor", "cdCliente", "dtHora") on private."TbRollupPendente" to authenticated, service_role;
comment on table private."TbRollupPendente" is
  'Dirty hours: hours below the watermark in which something was written or deleted since they were summed '
  'up.';
comment on column private."TbRollupPendente"."dtHora" is
  'Start of the hour, UTC; -infinity: all days of the device, after its measuring window was edited.';
comment on column private."TbRollupPendente"."cdSensor" is 'Sensor whose rollups are dirty; otherwise null.';
comment on column private."TbRollupPendente"."cdDispositivo" is
  'Device whose counters are dirty; otherwise null.';
comment on column private."TbRollupPendente"."dtMarcado" is
  'Start of the transaction that made the hour dirty.';
comment on column private."TbRollupPendente"."cdCliente" is
  'Whose values changed, with cdSensor: rollups of other owners of the sensor stay right.';
-- The hours of a sensor side by side, one row a day: a long summary reads a twenty-fourth of the rows. Rows
-- are made in the transaction that makes the hours (private.sum_days), for whole days between floor and
-- watermark.
create table series."TbSensorRegistro1d" (
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
-- Not a primary key: a value may have no product item.
create unique index "TbSensorRegistro1d_chave" on series."TbSensorRegistro1d"
  ("cdSensor", "dtBucket", "cdCliente", "cdProdutoItem") nulls not distinct;
alter table series."TbSensorRegistro1d" enable row level security;
revoke all on series."TbSensorRegistro1d" from public, anon, authenticated;
grant select on series."TbSensorRegistro1d" to authenticated, service_role;
comment on table series."TbSensorRegistro1d" is
  'Rollup of values by day, with count and sum of each hour: nrQtd00 to nrQtd23, nrSoma00 to nrSoma23. '
  'Monthly partitions. A day with late values is wrong until maintenance has run; get_device_aggregations '
  'and the other summaries are exact at any moment.';
comment on column series."TbSensorRegistro1d"."dtBucket" is 'Start of the day, UTC.';
comment on column series."TbSensorRegistro1d"."nrQtd" is 'Number of numeric values, without faults.';
comment on column series."TbSensorRegistro1d"."nrSoma" is
  'Their sum; infinite or NaN where a value is beyond 1e290.';
comment on column series."TbSensorRegistro1d"."cdCliente" is
  'Who owned the device when the values were received.';
comment on column series."TbSensorRegistro1d"."cdProdutoItem" is 'Product item of the values, if any.';
create table series."TbSensorRegistro1h" (
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
-- Not a primary key: a value may have no product item.
create unique index "TbSensorRegistro1h_chave" on series."TbSensorRegistro1h"
  ("cdSensor", "dtBucket", "cdCliente", "cdProdutoItem") nulls not distinct;
alter table series."TbSensorRegistro1h" enable row level security;
revoke all on series."TbSensorRegistro1h" from public, anon, authenticated;
grant select on series."TbSensorRegistro1h" to authenticated, service_role;
comment on table series."TbSensorRegistro1h" is
  'Rollup of values by hour. Monthly partitions. Read it through VwSensorRegistro1h, which is exact at any '
  'moment.';
-- Rollups: count, sum, minimum and maximum of the numeric values of a sensor, by minute, five minutes and
-- hour. Written by maintenance only, a whole hour of a sensor at a time (private.sum_hours). TbRollupMarca
-- and TbRollupPendente say where they are not right; there TbSensorRegistro is read instead. Every hour of a
-- sensor has a row in TbSensorRegistro1h, which says how fine its other rollups are: minutes and five minutes
-- are kept only where they are clearly fewer than the values.
create table series."TbSensorRegistro1m" (
  "dtBucket" timestamp not null,
  "nrSoma" double precision not null,
  "nrMin" double precision not null,
  "nrMax" double precision not null,
  "nrQtd" integer not null,
  "cdSensor" integer not null,
  "cdCliente" integer not null,
  "cdProdutoItem" integer
) partition by range ("dtBucket");
-- Not a primary key: a value may have no product item.
create unique index "TbSensorRegistro1m_chave" on series."TbSensorRegistro1m"
  ("cdSensor", "dtBucket", "cdCliente", "cdProdutoItem") nulls not distinct;
alter table series."TbSensorRegistro1m" enable row level security;
revoke all on series."TbSensorRegistro1m" from public, anon, authenticated;
grant select on series."TbSensorRegistro1m" to authenticated, service_role;
comment on table series."TbSensorRegistro1m" is
  'Rollup of values by minute. Monthly partitions. Read it through VwSensorRegistro1m, which is exact at '
  'any moment.';
create table series."TbSensorRegistro5m" (
  "dtBucket" timestamp not null,
  "nrSoma" double precision not null,
  "nrMin" double precision not null,
  "nrMax" double precision not null,
  "nrQtd" integer not null,
  "cdSensor" integer not null,
  "cdCliente" integer not null,
  "cdProdutoItem" integer
) partition by range ("dtBucket");
-- Not a primary key: a value may have no product item.
create unique index "TbSensorRegistro5m_chave" on series."TbSensorRegistro5m"
  ("cdSensor", "dtBucket", "cdCliente", "cdProdutoItem") nulls not distinct;
alter table series."TbSensorRegistro5m" enable row level security;
revoke all on series."TbSensorRegistro5m" from public, anon, authenticated;
grant select on series."TbSensorRegistro5m" to authenticated, service_role;
comment on table series."TbSensorRegistro5m" is
  'Rollup of values by five minutes. Monthly partitions. Read it through VwSensorRegistro5m, which is exact '
  'at any moment.';
-- end

-- from sql/60_rollups/rows
insert into private."TbRollupMarca" ("dtPiso", "dtMarca", "dtAnunciada")
values ('-infinity', '-infinity', '-infinity');
-- end

-- from sql/60_rollups/functions
-- Maintenance step: moves the watermark forward, one part of it per call. First the next watermark is
-- announced; then the transaction number is noted from which on every writer knows of it (in a later
-- transaction, when the announcement is visible to all); once all older transactions have ended, the hours
-- are summed up and the watermark moves. Writers never wait: see private.mark_dirty_hours. Each call is one
-- transaction and continues where the last one ended.
-- Returns how much it did; 0 when there is nothing to do for now.
create function private.advance_watermark() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_state private."TbRollupMarca";
  v_done integer := 0;
begin
  select m.* into v_state from private."TbRollupMarca" m for update;
  if v_state."dtAnunciada" = v_state."dtMarca" then
    return private.announce_watermark(v_state);
  end if;
  if v_state."dtAnuncio" = now() then
    return 0; -- announced by this very transaction: nobody can see it yet
  end if;
  if v_state."xiAnuncio" is null then
    update private."TbRollupMarca" set "xiAnuncio" = pg_snapshot_xmax(pg_current_snapshot());
    return 1;
  end if;
  if not private.announcement_is_known(v_state."xiAnuncio") then
    return 0;
  end if;

  if isfinite(v_state."dtMarca") then
    v_done := private.sum_hours_of_all(v_state."dtMarca", v_state."dtAnunciada")
      + private.count_hours_of_all(
          v_state."dtMarca", v_state."dtAnunciada", v_state."dtPiso", v_state."dtAnunciada");
    perform private.sum_days_of_all(
      greatest(date_trunc('day', v_state."dtMarca"), private.next_day_start(v_state."dtPiso")),
      date_trunc('day', v_state."dtAnunciada"));
  end if;
  update private."TbRollupMarca" set "dtMarca" = "dtAnunciada", "xiAnuncio" = null,
    "dtPiso" = case when isfinite("dtPiso") then "dtPiso" else "dtAnunciada" end;
  return v_done + 1;
end
$$;
comment on function private.advance_watermark is 'Maintenance step: moves the watermark forward.';
revoke all on function private.advance_watermark from public;
-- The next watermark is the last full hour that is at least nrMinutosRollup old, but no more than one step
-- ahead (private.hours_per_step). Part of private.advance_watermark.
-- p_state   the row of TbRollupMarca, locked
create function private.announce_watermark(p_state private."TbRollupMarca") returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_next timestamp := (
    select date_trunc('hour', now() at time zone 'UTC' - make_interval(mins => config."nrMinutosRollup"))
    from private."TbConfiguracao" config);
begin
  if isfinite(p_state."dtMarca") then
    v_next := least(
      v_next, p_state."dtMarca" + make_interval(hours => private.hours_per_step(p_state."dtMarca")));
  end if;
  update private."TbRollupMarca" set "dtAnunciada" = v_next, "xiAnuncio" = null, "dtAnuncio" = now()
  where v_next > "dtMarca";
  return found::integer;
end
$$;
comment on function private.announce_watermark is 'Announces the next watermark; 0 when it is not due yet.';
revoke all on function private.announce_watermark from public;
-- An hour below the announced watermark becomes dirty when something is written or deleted in it. Ingestion
-- records that for a whole batch (private.mark_dirty_hours) and switches the triggers off by setting
-- rastro.dirty_marking; whatever else writes or deletes time series is recorded by triggers, which call this
-- function.
-- Infinity in a transaction that keeps one snapshot: it may not see what was announced after it began.
create function private.announced_watermark() returns timestamp
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select case
    when current_setting('transaction_isolation') = 'read committed' then m."dtAnunciada"
    else 'infinity'
  end
  from private."TbRollupMarca" m
$$;
comment on function private.announced_watermark is
  'Hours before this time become dirty when something is written in them.';
revoke all on function private.announced_watermark from public;
-- True once every transaction that may not know of an announcement has ended. Waits up to 0.2 seconds for
-- short ones. A number that this server has not given yet came with a restored dump: no transaction of that
-- server goes on here.
-- p_transaction   the first transaction number given out after the announcement was visible
create function private.announcement_is_known(p_transaction xid8) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  for i in 1..20 loop
    if pg_snapshot_xmin(pg_current_snapshot()) >= p_transaction
       or pg_snapshot_xmax(pg_current_snapshot()) < p_transaction then
      return true;
    end if;
    perform pg_sleep(0.01);
  end loop;
  return false;
end
$$;
comment on function private.announcement_is_known is
  'Whether all transactions before this one have ended, so that every writer knows of the announcement.';
revoke all on function private.announcement_is_known from public;
-- Buckets as private.plan_reading planned them: from rollups where they are right, from the values elsewhere.
-- Where values have expired the rollup is all there is, dirty or not. A sensor has several rows for one
-- bucket where its client or product item changed.
-- Dirty hours are looked up in a hash table: there may be as many of them as there are buckets.
-- Without SET clause, to be inlined: callers have the planner settings of plan_reading.
-- Who may call it: every API role; row-level security decides which rows.
create function private.buckets(p_minutes integer, p_sensors integer[], p_plan private.reading_plan)
returns table ("cdSensor" integer, "cdCliente" integer, "cdProdutoItem" integer, "dtBucket" timestamp,
               "nrQtd" integer, "nrSoma" double precision, "nrMin" double precision, "nrMax" double precision)
language sql stable as $$
  select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma",
         b."nrMin", b."nrMax"
  from private.stored_buckets(p_minutes) b
  where b."cdSensor" = any (p_sensors)
    and b."dtBucket" >= (p_plan).since and b."dtBucket" < (p_plan).until
    and ((p_plan).dirty is null
      or (b."cdSensor", date_trunc('hour', b."dtBucket")) not in (
        select f.code, f.since from unnest((p_plan).dirty) f)
      or b."dtBucket" < private.raw_expired_before(b."cdCliente", b."cdSensor"))
  union all
  select u."cdSensor", u."cdCliente", u."cdProdutoItem", u."dtBucket", u."nrQtd", u."nrSoma",
         u."nrMin", u."nrMax"
  from private.unpacked_buckets(p_minutes, (p_plan).since, (p_plan).until) u
  where u."cdSensor" = any (p_sensors)
    and u."dtBucket" >= (p_plan).since and u."dtBucket" < (p_plan).until
    and ((p_plan).dirty is null
      or (u."cdSensor", date_trunc('hour', u."dtBucket")) not in (
        select f.code, f.since from unnest((p_plan).dirty) f)
      or u."dtBucket" < private.raw_expired_before(u."cdCliente", u."cdSensor"))
  union all
  select r."cdSensor", r."cdCliente", r."cdProdutoItem",
         date_bin(make_interval(mins => p_minutes), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.summable(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from unnest((p_plan).raw_ranges) f
  cross join lateral private.values_between(f.code, f.since, f.until) r
  where r."nrValor" is not null and r."nrQualidade" < 2
    and (f."cdCliente" is null or r."cdCliente" = f."cdCliente")
  group by 1, 2, 3, 4
$$;
comment on function private.buckets is
  'Buckets of 1, 5 or 60 minutes, exact at any moment.';
revoke all on function private.buckets from public;
grant execute on function private.buckets to authenticated, service_role;
-- The values of an hour of a sensor, client and product item by buckets. Part of private.unsummed_buckets.
-- p_since, p_until   the hour
-- Without SET clause, to be inlined. Who may call it: every API role; row-level security decides which rows.
create function private.buckets_of_hour(p_minutes integer, p_sensor integer, p_client integer, p_item integer,
  p_since timestamp, p_until timestamp)
returns table (bucket timestamp, quantity integer, total double precision, low double precision,
               high double precision)
language sql stable as $$
  select date_bin(make_interval(mins => p_minutes), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.summable(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from private.values_between(p_sensor, p_since, p_until) r
  where r."cdCliente" = p_client and r."cdProdutoItem" is not distinct from p_item
    and r."nrValor" is not null and r."nrQualidade" < 2
  group by 1
$$;
comment on function private.buckets_of_hour is 'The values of an hour of a sensor by buckets.';
revoke all on function private.buckets_of_hour from public;
grant execute on function private.buckets_of_hour to authenticated, service_role;
-- Counts positions inside the measuring windows of their devices. A day of a device is one row of
-- TbContagemDiaria: the hours requested are counted again, the others keep their counts, unless they were
-- counted for another measuring window: then the whole day is counted again.
-- p_devices, p_since, p_until   devices, each with whole hours of one day, end excluded
-- p_floor, p_watermark          where counting begins and ends
create function private.count_hours(p_devices integer[], p_since timestamp[], p_until timestamp[],
  p_floor timestamp, p_watermark timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_days integer;
begin
  with target as materialized (
    select a.device, a.since::date as day, d."horarioMedicaoInicio" as starts, d."horarioMedicaoFim" as ends,
           case when other.has_other_window then greatest(date_trunc('day', a.since), p_floor)
                else a.since end as since,
           case when other.has_other_window
                then least(date_trunc('day', a.since) + interval '1 day', p_watermark)
                else a.until end as until
    from unnest(p_devices, p_since, p_until) as a(device, since, until)
    left join public."TbDispositivo" d on d."cdDispositivo" = a.device
    cross join lateral (
      select exists (
        select from series."TbContagemDiaria" c
        where c."cdDispositivo" = a.device and c."dtDia" = a.since::date
          and (c."horarioMedicaoInicio", c."horarioMedicaoFim")
            is distinct from (d."horarioMedicaoInicio", d."horarioMedicaoFim")
      ) as has_other_window
    ) other
  ), old_row as (
    delete from series."TbContagemDiaria" c
    using target a
    where c."cdDispositivo" = a.device and c."dtDia" = a.day
    returning c."cdDispositivo", c."cdCliente", c."dtDia", c."nrHoras", a.since, a.until
  ), hour as (
    select v."cdDispositivo", v."cdCliente", v."dtDia", h.n as hour, v."nrHoras"[h.n + 1] as quantity
    from old_row v cross join generate_series(0, 23) as h(n)
    where v."dtDia" + make_interval(hours => h.n) < v.since
       or v."dtDia" + make_interval(hours => h.n) >= v.until
    union all
    select a.device, p."cdCliente", a.day, p.hour, p.quantity
    from target a
    cross join lateral (
      select p."cdCliente", extract(hour from p."dtRegistro")::integer as hour,
             count(*) filter (
               where private.in_measuring_window(p."dtRegistro"::time, a.starts, a.ends))::integer as quantity
      from private.positions_between(a.device, a.since, a.until) p
      group by 1, 2
      offset 0
    ) p
  ), day as (
    select "cdDispositivo", "cdCliente", "dtDia", sum(quantity)::integer as total,
           array_agg(hour) as hours, array_agg(quantity) as quantities
    from hour
    group by 1, 2, 3
  )
  insert into series."TbContagemDiaria" (
    "cdDispositivo", "cdCliente", "dtDia", "nrQtd", "nrHoras", "horarioMedicaoInicio", "horarioMedicaoFim")
  select d."cdDispositivo", d."cdCliente", d."dtDia", d.total,
         array(select coalesce(d.quantities[array_position(d.hours, n)], 0)
               from generate_series(0, 23) n order by n),
         a.starts, a.ends
  from day d
  join target a on a.device = d."cdDispositivo" and a.day = d."dtDia"
  order by 1, 3, 2;
  get diagnostics v_days = row_count;
  return v_days;
end
$$;
comment on function private.count_hours is
  'Counts the positions of devices in whole hours; returns how many days were written.';
revoke all on function private.count_hours from public;
-- Divides a time range into one range per day, for every device, and counts those. See private.count_hours.
create function private.count_hours_of_all(p_since timestamp, p_until timestamp, p_floor timestamp,
  p_watermark timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_target record;
begin
  select array_agg(d."cdDispositivo") as devices, array_agg(greatest(p_since, t.day)) as since,
         array_agg(least(p_until, t.day + interval '1 day')) as until
  into v_target
  from public."TbDispositivo" d
  cross join generate_series(date_trunc('day', p_since), p_until - interval '1 hour', '1 day') as t(day);
  return private.count_hours(v_target.devices, v_target.since, v_target.until, p_floor, p_watermark);
end
$$;
comment on function private.count_hours_of_all is
  'Counts the positions of all devices in whole hours; returns how many days were written.';
revoke all on function private.count_hours_of_all from public;
-- Dirty hours of some sensors.
-- Security definer: no API role may read TbRollupPendente; only those of visible clients are returned.
-- Who may call it: every API role.
create function private.dirty_hours_of(p_sensors integer[], p_since timestamp, p_until timestamp)
returns private.data_range[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return array(
    select distinct private.make_data_range(p_code => p."cdSensor", p_client => null,
      p_since => p."dtHora", p_until => p."dtHora" + interval '1 hour')
    from private."TbRollupPendente" p
    where p."cdSensor" = any (p_sensors)
      and p."dtHora" >= date_trunc('hour', p_since) and p."dtHora" < p_until
      and p."cdCliente" = any ((select private.visible_clients())::integer[]));
end
$$;
comment on function private.dirty_hours_of is
  'Dirty hours of sensors, as far as visible: they are read from the values, not from rollups.';
revoke all on function private.dirty_hours_of from public;
grant execute on function private.dirty_hours_of to authenticated, service_role;
-- Adds the buckets of hours to TbCalendario. Called by whatever leaves an hour without finer rollups
-- (private.sum_hours, private.expire_rollups), in the same transaction.
create function private.extend_calendar(p_hours timestamp[]) returns void
language sql volatile set search_path = pg_catalog, pg_temp as $$
  insert into private."TbCalendario" ("dtBucket", "dtFim", "dtHora", "nrMinutos")
  select b, b + make_interval(mins => w.minutes), h, w.minutes
  from unnest(p_hours) h cross join (values (1), (5), (60)) as w(minutes)
  cross join generate_series(h, h + interval '59 minutes', make_interval(mins => w.minutes)) b
  where not exists (
    select from private."TbCalendario" c where c."nrMinutos" = w.minutes and c."dtBucket" = h)
  order by w.minutes, b
  on conflict do nothing
$$;
comment on function private.extend_calendar is 'Adds the buckets of hours to the calendar.';
revoke all on function private.extend_calendar from public;
-- Maintenance step: sums up what was stored before there were rollups, newest first, one part per call. It
-- waits for no transaction, as below the watermark every writer marks dirty hours.
-- Returns how much it did; 0 when everything is summed up.
create function private.extend_floor() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_state private."TbRollupMarca";
  v_end timestamp;
  v_new timestamp;
  v_done integer;
begin
  select m.* into v_state from private."TbRollupMarca" m for update;
  v_end := private.series_start();
  if not isfinite(v_state."dtPiso") or v_end >= v_state."dtPiso" then
    return 0;
  end if;
  v_new := greatest(
    v_end,
    date_trunc('month', v_state."dtPiso" - interval '1 hour'),
    v_state."dtPiso" - make_interval(hours => private.hours_per_step(v_state."dtPiso" - interval '1 hour')));
  v_done := private.sum_hours_of_all(v_new, v_state."dtPiso")
    + private.count_hours_of_all(v_new, v_state."dtPiso", v_new, v_state."dtMarca");
  perform private.sum_days_of_all(
    private.next_day_start(v_new),
    least(private.next_day_start(v_state."dtPiso"), date_trunc('day', v_state."dtMarca")));
  update private."TbRollupMarca" set "dtPiso" = v_new;
  return v_done + 1;
end
$$;
comment on function private.extend_floor is 'Maintenance step: sums up earlier hours.';
revoke all on function private.extend_floor from public;
-- Builds SQL for TbSensorRegistro1d, which has the hours of a day side by side: p_template for each of the
-- hours from p_since up to p_until (excluded), with the two digits of the hour in place of ##. Null when
-- there is no hour.
-- Who may call it: every API role, as private.sum_whole_days runs as its caller.
create function private.for_each_hour(p_template text, p_since integer, p_until integer, p_separator text)
returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select string_agg(replace(p_template, '##', to_char(h, 'FM00')), p_separator order by h)
  from generate_series(p_since, p_until - 1) h
$$;
comment on function private.for_each_hour is
  'Text for each hour of a day, numbered as the columns of TbSensorRegistro1d.';
revoke all on function private.for_each_hour from public;
grant execute on function private.for_each_hour to authenticated, service_role;
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
-- How many hours to sum up in one transaction, so that it stays short: about 50 MB of values and positions,
-- judged by the size of the month's partitions.
create function private.hours_per_step(p_time timestamp) returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  select greatest(1, least(
    744, 744 * 50000000::bigint / greatest(1, coalesce(sum(pg_relation_size(c.oid)), 0))))::integer
  from pg_class c
  where c.relnamespace = 'particoes'::regnamespace
    and c.relname in (
      'TbSensorRegistro_' || to_char(p_time, 'YYYY_MM'), 'TbPosicao_' || to_char(p_time, 'YYYY_MM'))
$$;
comment on function private.hours_per_step is 'How many hours around a time are summed up in one step.';
revoke all on function private.hours_per_step from public;
-- The only place that knows the order of the fields; call it in named notation. Without SET clause, to be
-- inlined.
-- Who may call it: every API role, as functions that run as their caller use it.
create function private.make_data_range(p_code integer, p_client integer, p_since timestamp,
  p_until timestamp) returns private.data_range
language sql immutable parallel safe as $$
  select row(p_code, p_client, p_since, p_until)::private.data_range
$$;
comment on function private.make_data_range is
  'A time range of a sensor or device, end excluded; of one client, or of all when p_client is null.';
revoke all on function private.make_data_range from public;
grant execute on function private.make_data_range to authenticated, service_role;
-- The hours of positions that were updated or deleted become dirty. Trigger function, see
-- private.announced_watermark.
-- Security definer: nobody has rights on TbRollupPendente, whoever writes.
create function private.mark_changed_positions() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_announced timestamp := private.announced_watermark();
begin
  insert into private."TbRollupPendente" ("dtHora", "cdDispositivo")
  select distinct date_trunc('hour', m."dtRegistro"), m."cdDispositivo"
  from changed_rows m
  where m."dtRegistro" < v_announced;
  return null;
end
$$;
comment on function private.mark_changed_positions is
  'Marks the hours of updated or deleted positions as dirty.';
revoke all on function private.mark_changed_positions from public;
-- The hours of values that were updated or deleted become dirty. Trigger function, see
-- private.announced_watermark.
-- Security definer: nobody has rights on TbRollupPendente, whoever writes.
create function private.mark_changed_values() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_announced timestamp := private.announced_watermark();
begin
  insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdCliente")
  select distinct date_trunc('hour', m."dtRegistro"), m."cdSensor", m."cdCliente"
  from changed_rows m
  where m."dtRegistro" < v_announced;
  return null;
end
$$;
comment on function private.mark_changed_values is 'Marks the hours of updated or deleted values as dirty.';
revoke all on function private.mark_changed_values from public;
-- After the measuring window of a device was edited, its days must be counted again: an entry with the hour
-- -infinity asks private.recount_changed_windows to do so. Trigger function.
-- Security definer: nobody has rights on TbRollupPendente, whoever writes.
create function private.mark_changed_window() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into private."TbRollupPendente" ("dtHora", "cdDispositivo")
  values ('-infinity', new."cdDispositivo");
  return null;
end
$$;
comment on function private.mark_changed_window is 'Requests that the days of a device are counted again.';
revoke all on function private.mark_changed_window from public;
-- Looks at the packed history and rollups of dirty hours and marks what is damaged, so that it stops no
-- other hour.
-- Returns how many chunks are. Part of private.redo_dirty_hours.
-- p_entries   keys of TbRollupPendente
create function private.mark_damaged_hours(p_entries bigint[]) returns integer
language sql set search_path = pg_catalog, pg_temp as $$
  select private.mark_damaged('TbSensorRegistroFrio', array(
           select distinct c."cdPacote" from private."TbRollupPendente" p
           join series."TbSensorRegistroFrio" c on c."cdSensor" = p."cdSensor"
             and c."dtPrimeiro" < p."dtHora" + interval '1 hour' and c."dtUltimo" >= p."dtHora"
           where p."cdPendente" = any (p_entries) and not c."blDanificado"))
    + private.mark_damaged('TbPosicaoFria', array(
        select distinct c."cdPacote" from private."TbRollupPendente" p
        join series."TbPosicaoFria" c on c."cdDispositivo" = p."cdDispositivo"
          and c."dtPrimeiro" < p."dtHora" + interval '1 hour' and c."dtUltimo" >= p."dtHora"
        where p."cdPendente" = any (p_entries) and not c."blDanificado"))
    + private.mark_damaged('TbRollupFrio', array(
        select distinct c."cdPacote" from private."TbRollupPendente" p
        join series."TbRollupFrio" c on c."cdSensor" = p."cdSensor"
          and c."dtInicio" > p."dtHora" - interval '7 days' and c."dtInicio" <= p."dtHora"
          and c."dtFim" > p."dtHora"
        where p."cdPendente" = any (p_entries) and not c."blDanificado"))
$$;
comment on function private.mark_damaged_hours is
  'Marks damaged chunks of the packed history of dirty hours.';
revoke all on function private.mark_damaged_hours from public;
-- What makes an hour dirty: something is written in it after the announced watermark passed it. Readers then
-- take the hour from the values until maintenance has summed it up again (private.redo_dirty_hours).
-- This function serves ingestion, for a whole batch; triggers serve whatever else writes or deletes:
-- mark_inserted_row, mark_changed_values, mark_changed_positions, mark_changed_window.
-- It runs in the transaction that writes, after the writing: by then the transaction has a number, and it
-- either sees the announcement or private.advance_watermark waits for it. Costs one look-up when nothing is
-- late.
-- p_oldest   the earliest time that was written
create function private.mark_dirty_hours(p_elements private.element[], p_oldest timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_announced timestamp := (select m."dtAnunciada" from private."TbRollupMarca" m);
begin
  if (p_oldest < v_announced) is not true then
    return;
  end if;
  insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdDispositivo", "cdCliente")
  select date_trunc('hour', e."dtRegistro"), l."cdSensor", null, e."cdCliente"
  from unnest(p_elements) e cross join unnest(e.sensor_values) l
  where e.verdict = 'stored' and e."dtRegistro" < v_announced and l.action is null and l."nrValor" is not null
  union
  select date_trunc('hour', e."dtRegistro"), null, e."cdDispositivo", null
  from unnest(p_elements) e
  where e.verdict = 'stored' and e."dtRegistro" < v_announced and e.is_new;
end
$$;
comment on function private.mark_dirty_hours is 'Marks the hours of late readings as dirty.';
revoke all on function private.mark_dirty_hours from public;
-- The hour of a late row that did not come through ingestion becomes dirty. A row older than the retention of
-- its client is rejected, as it would be deleted without ever being summed up. Trigger function, see
-- private.announced_watermark.
-- Security definer: nobody has rights on TbRollupPendente and TbRetencaoPiso, whoever writes.
-- Raises PT400 TIMESTAMP_OUT_OF_RANGE.
create function private.mark_inserted_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_expired timestamp := (
    select min(f."dtAnunciado") from private."TbRetencaoPiso" f
    where f."cdCliente" = new."cdCliente" and f."cdDispositivo" in (0, new."cdDispositivo"));
begin
  if new."dtRegistro" < v_expired then
    raise sqlstate 'PT400' using hint = 'TIMESTAMP_OUT_OF_RANGE',
      detail = 'The row would not be kept: see TbPoliticaRetencao.',
      message = format('dtRegistro %s: readings of client %s before %s UTC have expired',
                       new."dtRegistro", new."cdCliente", v_expired);
  end if;
  if new."dtRegistro" < private.announced_watermark() then
    insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdDispositivo", "cdCliente")
    values (date_trunc('hour', new."dtRegistro"), (to_jsonb(new) ->> 'cdSensor')::integer,
            case when tg_argv[0] = 'TbPosicao' then (to_jsonb(new) ->> 'cdDispositivo')::integer end,
            case when tg_argv[0] <> 'TbPosicao' then new."cdCliente" end);
  end if;
  return null;
end
$$;
comment on function private.mark_inserted_row is
  'Marks the hour of a row that did not come through ingestion as dirty; rejects rows that have expired.';
revoke all on function private.mark_inserted_row from public;
-- Without SET clause, to be inlined. Who may call it: every API role, as private.whole_days runs as its
-- caller.
create function private.next_day_start(p_time timestamp) returns timestamp
language sql immutable parallel safe as $$
  select date_trunc('day', p_time + interval '1 day' - interval '1 microsecond')
$$;
comment on function private.next_day_start is 'The first start of a day at or after a time.';
revoke all on function private.next_day_start from public;
grant execute on function private.next_day_start to authenticated, service_role;
-- All entries of TbRollupPendente of up to 500 dirty hours, the oldest first. Part of
-- private.redo_dirty_hours.
create function private.next_dirty_entries() returns bigint[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  with dirty_hour as (
    select distinct p."cdSensor", p."cdDispositivo", p."dtHora"
    from (select * from private."TbRollupPendente" order by "cdPendente" limit 10000) p
    where isfinite(p."dtHora")
    limit 500
  )
  select array(
    select p."cdPendente" from dirty_hour h
    join private."TbRollupPendente" p on p."cdSensor" = h."cdSensor" and p."dtHora" = h."dtHora"
    union all
    select p."cdPendente" from dirty_hour h
    join private."TbRollupPendente" p on p."cdDispositivo" = h."cdDispositivo" and p."dtHora" = h."dtHora")
$$;
comment on function private.next_dirty_entries is 'The entries of TbRollupPendente that are done next.';
revoke all on function private.next_dirty_entries from public;
-- How a rollup and the values share the work. From the values come: the edges that are not a whole bucket,
-- what is not summed up yet or was stored before there were rollups, dirty hours, and hours that had too few
-- values for this rollup.
-- p_minutes          width of the buckets: 1, 5 or 60
-- p_since, p_until   the end is excluded
-- Security definer: no API role may read TbRollupMarca and TbRollupPendente; of the hours only those of
-- visible clients are looked at.
-- Who may call it: every API role.
create function private.plan_reading(p_minutes integer, p_sensors integer[], p_since timestamp,
  p_until timestamp) returns private.reading_plan
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_since timestamp;
  v_until timestamp;
  v_dirty private.data_range[];
  v_raw private.data_range[];
  v_visible_clients integer[];
  v_is_split boolean := true;
  v_watermark record := private.rollup_watermark();
  v_width interval := make_interval(mins => p_minutes);
begin
  v_since := greatest(p_since, v_watermark.floor);
  v_since := date_bin(v_width, v_since + v_width - interval '1 microsecond', timestamp '2000-01-01');
  v_until := date_bin(v_width, least(p_until, v_watermark.watermark), timestamp '2000-01-01');
  if not (isfinite(v_watermark.watermark) and v_since < v_until) then
    return row(v_since, v_since, null::private.data_range[],
      array(select row(s, null, p_since, p_until)::private.data_range
            from unnest(p_sensors) s where p_since < p_until),
      false, false);
  end if;
  v_dirty := private.dirty_hours_of(p_sensors, v_since, v_until);
  v_raw := array(
    select row(s, null, p_since, v_since)::private.data_range from unnest(p_sensors) s where p_since < v_since
    union all
    select row(s, null, v_until, p_until)::private.data_range from unnest(p_sensors) s where v_until < p_until
    union all
    select row(f.code, null, greatest(f.since, v_since), least(f.until, v_until))::private.data_range
    from unnest(v_dirty) f);
  if p_minutes < 60 then
    v_visible_clients := private.visible_clients();
    v_raw := v_raw || array(
      select row(h."cdSensor", h."cdCliente", greatest(min(h."dtBucket"), v_since),
                 least(max(h."dtBucket") + interval '1 hour', v_until))::private.data_range
      from (
        select d.*, d."dtBucket" - interval '1 hour'
                 * row_number() over (partition by d."cdSensor", d."cdCliente" order by d."dtBucket")
                 as island -- hours that follow each other are one piece
        from (
          select distinct b."cdSensor", b."cdCliente", b."dtBucket"
          from private.hours_between(p_sensors, date_trunc('hour', v_since), v_until) b
          where b."nrFino" > p_minutes
            and (b."cdCliente" = any (v_visible_clients)) is true -- or the index is searched for each client
            and (b."cdSensor", b."dtBucket") not in (select f.code, f.since from unnest(v_dirty) f)
        ) d
      ) h
      group by h."cdSensor", h."cdCliente", h.island);
    v_is_split := v_dirty <> '{}' or exists (
      select from private.hours_between(p_sensors, date_trunc('hour', v_since), v_until) b
      where (b."cdCliente" = any (v_visible_clients)) is true
      group by b."cdSensor", b."dtBucket" having count(*) > 1);
  end if;
  return row(v_since, v_until, nullif(v_dirty, '{}'), v_raw, v_is_split, exists (
    select from series."TbRollupFrio" c
    where c."cdSensor" = any (p_sensors) and c."nrMinutos" = p_minutes
      and c."dtInicio" > v_since - interval '7 days' and c."dtInicio" < v_until and c."dtFim" > v_since));
end
$$;
comment on function private.plan_reading is
  'Which part of a time range comes from a rollup, and which from the values.';
revoke all on function private.plan_reading from public;
grant execute on function private.plan_reading to authenticated, service_role;
-- Maintenance step: after the measuring window of a device was edited, its days are counted again, up to 100
-- per call. Until then readers count those days row by row, as each day says for which window it was counted.
-- Returns how many days were counted; 0 when there is nothing to do.
create function private.recount_changed_windows() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_state private."TbRollupMarca";
  v_device integer;
  v_days timestamp[];
begin
  select m.* into v_state from private."TbRollupMarca" m for update;
  select p."cdDispositivo" into v_device from private."TbRollupPendente" p
  where p."dtHora" = '-infinity' order by p."cdPendente" limit 1;
  if v_device is null then
    return 0;
  end if;
  v_days := array(
    select distinct c."dtDia"::timestamp
    from series."TbContagemDiaria" c
    join public."TbDispositivo" d on d."cdDispositivo" = c."cdDispositivo"
    where c."cdDispositivo" = v_device
      and (c."horarioMedicaoInicio", c."horarioMedicaoFim")
        is distinct from (d."horarioMedicaoInicio", d."horarioMedicaoFim")
    limit 100);
  if v_days = '{}' then
    delete from private."TbRollupPendente" p where p."dtHora" = '-infinity' and p."cdDispositivo" = v_device;
    return 1;
  end if;
  return private.count_hours(array_fill(v_device, array[cardinality(v_days)]), v_days,
    array(select d + interval '1 hour' from unnest(v_days) d), v_state."dtPiso", v_state."dtMarca");
end
$$;
comment on function private.recount_changed_windows is
  'Maintenance step: counts days again after their measuring window was edited.';
revoke all on function private.recount_changed_windows from public;
-- Counts the positions of dirty hours of devices again; of each day from the first dirty hour to the last
-- one.
-- Part of private.redo_dirty_hours.
-- p_entries              keys of TbRollupPendente
-- p_floor, p_watermark   hours outside them are not counted
create function private.recount_device_hours(p_entries bigint[], p_floor timestamp, p_watermark timestamp)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_days record;
begin
  select array_agg(d."cdDispositivo") as devices, array_agg(d.since) as since, array_agg(d.until) as until
  into v_days
  from (
    select p."cdDispositivo", min(p."dtHora") as since, max(p."dtHora") + interval '1 hour' as until
    from private."TbRollupPendente" p
    where p."cdPendente" = any (p_entries) and p."cdDispositivo" is not null
      and p."dtHora" >= p_floor and p."dtHora" < p_watermark
      and not exists (
        select from series."TbPosicaoFria" c
        where c."blDanificado" and c."cdDispositivo" = p."cdDispositivo"
          and c."dtPrimeiro" < p."dtHora" + interval '1 hour' and c."dtUltimo" >= p."dtHora")
    group by p."cdDispositivo", p."dtHora"::date
  ) d;
  perform private.count_hours(v_days.devices, v_days.since, v_days.until, p_floor, p_watermark);
end
$$;
comment on function private.recount_device_hours is 'Counts the positions of dirty hours of devices again.';
revoke all on function private.recount_device_hours from public;
-- Maintenance step: makes dirty hours again. The entries are noted first: what they stand for is then visible
-- to what is read afterwards, and whoever writes in the meantime adds an entry that stays.
-- Hours whose packed history is damaged keep the rollups that were made of it when it was not.
-- Returns how many entries were done; 0 when no hour is dirty.
create function private.redo_dirty_hours() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_state private."TbRollupMarca";
  v_entries bigint[];
begin
  select m.* into v_state from private."TbRollupMarca" m for update;
  v_entries := private.next_dirty_entries();
  if v_entries = '{}' then
    return 0;
  end if;
  begin
    perform private.redo_sensor_hours(v_entries, v_state."dtPiso", v_state."dtMarca");
    perform private.recount_device_hours(v_entries, v_state."dtPiso", v_state."dtMarca");
  exception when data_corrupted or internal_error or sqlstate 'PT500' then
    if private.mark_damaged_hours(v_entries) = 0 then
      raise;
    end if;
    return 1; -- the others are made next time
  end;
  delete from private."TbRollupPendente" p where p."cdPendente" = any (v_entries);
  return cardinality(v_entries);
end
$$;
comment on function private.redo_dirty_hours is 'Maintenance step: makes dirty hours again.';
revoke all on function private.redo_dirty_hours from public;
-- Makes the rollups of dirty hours of sensors again, and those of the days they belong to. Part of
-- private.redo_dirty_hours.
-- p_entries              keys of TbRollupPendente
-- p_floor, p_watermark   hours and days outside them have no rollups
create function private.redo_sensor_hours(p_entries bigint[], p_floor timestamp, p_watermark timestamp)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_hours record;
  v_days record;
begin
  select array_agg(h."cdSensor") as sensors, array_agg(h."dtHora") as starts,
         array_agg(h."dtHora" + interval '1 hour') as ends
  into v_hours
  from (
    select distinct p."cdSensor", p."dtHora" from private."TbRollupPendente" p
    where p."cdPendente" = any (p_entries) and p."cdSensor" is not null
      and p."dtHora" >= p_floor and p."dtHora" < p_watermark
      and not exists (
        select from series."TbSensorRegistroFrio" c
        where c."blDanificado" and c."cdSensor" = p."cdSensor"
          and c."dtPrimeiro" < p."dtHora" + interval '1 hour' and c."dtUltimo" >= p."dtHora")
  ) h;
  perform private.unpack_rollups(v_hours.sensors, v_hours.starts);
  perform private.forget_hours(v_hours.sensors, v_hours.starts);
  perform private.sum_hours(v_hours.sensors, v_hours.starts, v_hours.ends);

  select array_agg(d.sensor) as sensors, array_agg(d.day) as starts
  into v_days
  from (
    select distinct h.sensor, date_trunc('day', h.hour) as day
    from unnest(v_hours.sensors, v_hours.starts) as h(sensor, hour)
  ) d
  where d.day >= p_floor and d.day + interval '1 day' <= p_watermark;
  perform private.sum_days(v_days.sensors, v_days.starts);
end
$$;
comment on function private.redo_sensor_hours is 'Makes the rollups of dirty hours of sensors again.';
revoke all on function private.redo_sensor_hours from public;
-- Rollups and counters are right from the floor up to the watermark, except for dirty hours; everything else
-- is read from the values and positions.
-- Security definer: no API role may read TbRollupMarca. Who may call it: every API role.
create function private.rollup_watermark(out floor timestamp, out watermark timestamp)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m."dtPiso", m."dtMarca" from private."TbRollupMarca" m
$$;
comment on function private.rollup_watermark is 'From which time up to which there are rollups and counters.';
revoke all on function private.rollup_watermark from public;
grant execute on function private.rollup_watermark to authenticated, service_role;
-- Where time series can begin, as seen from the names of the partitions. Months that are packed have those of
-- rollups only.
create function private.series_start() returns timestamp
language sql stable set search_path = pg_catalog, pg_temp as $$
  select min(private.partition_month(c.relname))
  from pg_class c
  where c.relnamespace = 'particoes'::regnamespace
    and c.relname ~ '^(TbSensorRegistro|TbSensorRegistro1h|TbPosicao)_\d'
$$;
comment on function private.series_start is 'Start of the oldest partition of values or positions.';
revoke all on function private.series_start from public;
-- The rows of one rollup as they are stored: part of private.buckets and private.known_buckets, which know
-- where they are right. Each arm has a condition of its own, so that a plan for a known width locks no
-- partition of the other two. API roles may not use the schema `series`, so functions that run as their
-- caller read it through functions like this, whose body was parsed when it was created.
-- Without SET clause, to be inlined. Who may call it: every API role; row-level security decides which rows.
create function private.stored_buckets(p_minutes integer)
returns table ("cdSensor" integer, "cdCliente" integer, "cdProdutoItem" integer,
               "dtBucket" timestamp, "nrQtd" integer, "nrSoma" double precision, "nrMin" double precision,
               "nrMax" double precision)
language sql stable
begin atomic
  select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin",
         b."nrMax"
  from series."TbSensorRegistro1m" b where p_minutes = 1
  union all
  select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin",
         b."nrMax"
  from series."TbSensorRegistro5m" b where p_minutes = 5
  union all
  select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin",
         b."nrMax"
  from series."TbSensorRegistro1h" b where p_minutes = 60;
end;
comment on function private.stored_buckets is 'Rows of the rollup of 1, 5 or 60 minutes, right or not.';
revoke all on function private.stored_buckets from public;
grant execute on function private.stored_buckets to authenticated, service_role;
-- The rows of TbContagemDiaria as they are stored, see private.stored_buckets.
-- Part of private.count_history.
-- Without SET clause, to be inlined. Who may call it: every API role; row-level security decides which rows.
create function private.stored_counters() returns setof series."TbContagemDiaria"
language sql stable
begin atomic
  select * from series."TbContagemDiaria";
end;
comment on function private.stored_counters is 'Positions counted by device and day, right or not.';
revoke all on function private.stored_counters from public;
grant execute on function private.stored_counters to authenticated, service_role;
-- The rows of TbSensorRegistro1d as they are stored, see private.stored_buckets.
-- Part of private.sum_whole_days.
-- Without SET clause, to be inlined. Who may call it: every API role; row-level security decides which rows.
create function private.stored_days() returns setof series."TbSensorRegistro1d"
language sql stable
begin atomic
  select * from series."TbSensorRegistro1d";
end;
comment on function private.stored_days is 'Rows of the rollup by day, right or not.';
revoke all on function private.stored_days from public;
grant execute on function private.stored_days to authenticated, service_role;
-- The rows of TbSensorRegistro1h as they are stored, see private.stored_buckets.
-- Part of private.unsummed_buckets.
-- Without SET clause, to be inlined. Who may call it: every API role; row-level security decides which rows.
create function private.stored_hours() returns setof series."TbSensorRegistro1h"
language sql stable
begin atomic
  select * from series."TbSensorRegistro1h";
end;
comment on function private.stored_hours is 'Rows of the rollup by hour, right or not.';
revoke all on function private.stored_hours from public;
grant execute on function private.stored_hours to authenticated, service_role;
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
-- See private.sum_days.
-- p_since, p_until   starts of days, the end is excluded
create function private.sum_days_of_all(p_since timestamp, p_until timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_target record;
begin
  select array_agg(s."cdSensor") as sensors, array_agg(d) as days into v_target
  from public."TbSensor" s cross join generate_series(p_since, p_until - interval '1 day', '1 day') d;
  perform private.sum_days(v_target.sensors, v_target.days);
end
$$;
comment on function private.sum_days_of_all is 'Makes the rollups of whole days of all sensors.';
revoke all on function private.sum_days_of_all from public;
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
-- See private.sum_hours.
create function private.sum_hours_of_all(p_since timestamp, p_until timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_sensors integer[] := array(select s."cdSensor" from public."TbSensor" s);
begin
  return private.sum_hours(
    v_sensors,
    array_fill(p_since, array[cardinality(v_sensors)]),
    array_fill(p_until, array[cardinality(v_sensors)]));
end
$$;
comment on function private.sum_hours_of_all is 'Makes the rollups of whole hours of all sensors.';
revoke all on function private.sum_hours_of_all from public;
-- A sum must not overflow, as that would stop the maintenance of all sensors: a value beyond 1e290 counts as
-- infinite.
-- Without SET clause, to be inlined. Who may call it: every API role, as functions that run as their caller
-- use it.
create function private.summable(p_value double precision) returns double precision
language sql immutable parallel safe as $$
  select case when p_value between -1e290 and 1e290 then p_value else p_value * 'Infinity' end
$$;
comment on function private.summable is 'The value, or infinity where sums could overflow.';
revoke all on function private.summable from public;
grant execute on function private.summable to authenticated, service_role;
-- Truncating time series truncates what was made from them. Trigger function.
-- Security definer: nobody has rights to write rollups, whoever truncates.
create function private.truncate_rollups() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_table_name = 'TbSensorRegistro' then
    truncate series."TbSensorRegistro1m", series."TbSensorRegistro5m", series."TbSensorRegistro1h",
      series."TbSensorRegistro1d", series."TbRollupFrio";
  else
    truncate series."TbContagemDiaria";
  end if;
  return null;
end
$$;
comment on function private.truncate_rollups is
  'Truncates rollups and counters together with their time series.';
revoke all on function private.truncate_rollups from public;
-- For the views: all buckets that must be made from the values, because they lie above the watermark or below
-- the floor, are dirty, or had too few values for this rollup. See private.plan_reading, which does the same
-- for functions.
-- Without SET clause, to be inlined, so that the conditions on a view reach the indexes.
-- Who may call it: every API role, as the views run as their caller; row-level security decides which rows.
create function private.unsummed_buckets(p_minutes integer)
returns table ("cdSensor" integer, "cdCliente" integer, "cdProdutoItem" integer, "dtBucket" timestamp,
               "nrQtd" integer, "nrSoma" double precision, "nrMin" double precision, "nrMax" double precision)
language sql stable as $$
  select r."cdSensor", r."cdCliente", r."cdProdutoItem",
         date_bin(make_interval(mins => p_minutes), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.summable(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from private.value_rows() r
  where r."nrValor" is not null and r."nrQualidade" < 2
    and r."dtRegistro" >= (select m.watermark from private.rollup_watermark() m)
  group by 1, 2, 3, 4
  union all
  select r."cdSensor", r."cdCliente", r."cdProdutoItem",
         date_bin(make_interval(mins => p_minutes), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.summable(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from private.value_rows() r
  where r."nrValor" is not null and r."nrQualidade" < 2
    and r."dtRegistro" < (select m.floor from private.rollup_watermark() m)
    and r."dtRegistro" < (select m.watermark from private.rollup_watermark() m)
  group by 1, 2, 3, 4
  union all
  select r."cdSensor", r."cdCliente", r."cdProdutoItem",
         date_bin(make_interval(mins => p_minutes), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.summable(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from (
    select distinct p."cdSensor", p."cdCliente", p."dtHora", p."dtHora" + interval '1 hour' as "dtFim"
    from private."TbRollupPendente" p
    where p."cdCliente" is not null
      and p."dtHora" >= (select m.floor from private.rollup_watermark() m)
      and p."dtHora" < (select m.watermark from private.rollup_watermark() m)
  ) p
  join lateral private.values_between(p."cdSensor", p."dtHora", p."dtFim") r
    on r."cdCliente" = p."cdCliente"
  where r."nrValor" is not null and r."nrQualidade" < 2
  group by 1, 2, 3, 4
  union all
  select h."cdSensor", h."cdCliente", h."cdProdutoItem", c."dtBucket", v.quantity, v.total, v.low, v.high
  from private.stored_hours() h
  join private."TbCalendario" o on o."nrMinutos" = 60 and o."dtBucket" = h."dtBucket"
  cross join lateral private.buckets_of_hour(
    p_minutes, h."cdSensor", h."cdCliente", h."cdProdutoItem", o."dtBucket", o."dtFim") v
  join private."TbCalendario" c
    on c."nrMinutos" = p_minutes and c."dtBucket" = v.bucket and c."dtHora" = h."dtBucket"
  where p_minutes < 60 and h."nrFino" > p_minutes
    and (h."cdSensor", h."cdCliente", h."dtBucket") not in (
      select p."cdSensor", p."cdCliente", p."dtHora" from private."TbRollupPendente" p
      where p."cdCliente" is not null)
  union all -- apart, as hours that are rows are looked up one by one
  select h."cdSensor", h."cdCliente", h."cdProdutoItem", c."dtBucket", v.quantity, v.total, v.low, v.high
  from private.unpacked_buckets(60, '-infinity', 'infinity') h
  join private."TbCalendario" o on o."nrMinutos" = 60 and o."dtBucket" = h."dtBucket"
  cross join lateral private.buckets_of_hour(
    p_minutes, h."cdSensor", h."cdCliente", h."cdProdutoItem", o."dtBucket", o."dtFim") v
  join private."TbCalendario" c
    on c."nrMinutos" = p_minutes and c."dtBucket" = v.bucket and c."dtHora" = h."dtBucket"
  where p_minutes < 60 and h."nrFino" > p_minutes
    and (h."cdSensor", h."cdCliente", h."dtBucket") not in (
      select p."cdSensor", p."cdCliente", p."dtHora" from private."TbRollupPendente" p
      where p."cdCliente" is not null)
$$;
comment on function private.unsummed_buckets is
  'Buckets that the rollup of so many minutes does not have, or has wrong.';
revoke all on function private.unsummed_buckets from public;
grant execute on function private.unsummed_buckets to authenticated, service_role;
-- end

-- from sql/60_rollups/views
create view public."TbSensorRegistro1h" with (security_invoker = true) as
(select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma",
        b."nrMin", b."nrMax"
 from series."TbSensorRegistro1h" b
 where (b."cdSensor", b."cdCliente", date_trunc('hour', b."dtBucket")) not in (
         select p."cdSensor", p."cdCliente", p."dtHora" from private."TbRollupPendente" p
         where p."cdCliente" is not null)
    or b."dtBucket" < private.raw_expired_before(b."cdCliente", b."cdSensor")
 order by b."dtBucket" desc)
union all
select u."cdSensor", u."cdCliente", u."cdProdutoItem", u."dtBucket", u."nrQtd", u."nrSoma",
       u."nrMin", u."nrMax"
from private.unpacked_buckets(60, '-infinity', 'infinity') u
where (u."cdSensor", u."cdCliente", date_trunc('hour', u."dtBucket")) not in (
        select p."cdSensor", p."cdCliente", p."dtHora" from private."TbRollupPendente" p
        where p."cdCliente" is not null)
   or u."dtBucket" < private.raw_expired_before(u."cdCliente", u."cdSensor")
union all
select l."cdSensor", l."cdCliente", l."cdProdutoItem", l."dtBucket", l."nrQtd", l."nrSoma",
       l."nrMin", l."nrMax"
from private.unsummed_buckets(60) l;
revoke all on public."TbSensorRegistro1h" from public, anon, authenticated;
grant select on public."TbSensorRegistro1h" to authenticated, service_role;
comment on view public."TbSensorRegistro1h" is
  'Values of the caller''s clients by hour, UTC: count, sum, minimum and maximum. Exact at any moment.';
comment on column public."TbSensorRegistro1h"."dtBucket" is 'Start of the hour, UTC.';
comment on column public."TbSensorRegistro1h"."nrQtd" is 'Number of numeric values, without faults.';
comment on column public."TbSensorRegistro1h"."cdCliente" is
  'Who owned the device when the values were received.';
comment on column public."TbSensorRegistro1h"."cdProdutoItem" is 'Product item of the values, if any.';
comment on column public."TbSensorRegistro1h"."nrSoma" is
  'Their sum; infinite or NaN where a value is beyond 1e290.';
create view public."TbSensorRegistro1m" with (security_invoker = true) as
(select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma",
        b."nrMin", b."nrMax"
 from series."TbSensorRegistro1m" b
 where (b."cdSensor", b."cdCliente", date_trunc('hour', b."dtBucket")) not in (
         select p."cdSensor", p."cdCliente", p."dtHora" from private."TbRollupPendente" p
         where p."cdCliente" is not null)
    or b."dtBucket" < private.raw_expired_before(b."cdCliente", b."cdSensor")
 order by b."dtBucket" desc)
union all
select u."cdSensor", u."cdCliente", u."cdProdutoItem", u."dtBucket", u."nrQtd", u."nrSoma",
       u."nrMin", u."nrMax"
from private.unpacked_buckets(1, '-infinity', 'infinity') u
where (u."cdSensor", u."cdCliente", date_trunc('hour', u."dtBucket")) not in (
        select p."cdSensor", p."cdCliente", p."dtHora" from private."TbRollupPendente" p
        where p."cdCliente" is not null)
   or u."dtBucket" < private.raw_expired_before(u."cdCliente", u."cdSensor")
union all
select l."cdSensor", l."cdCliente", l."cdProdutoItem", l."dtBucket", l."nrQtd", l."nrSoma",
       l."nrMin", l."nrMax"
from private.unsummed_buckets(1) l;
revoke all on public."TbSensorRegistro1m" from public, anon, authenticated;
grant select on public."TbSensorRegistro1m" to authenticated, service_role;
comment on view public."TbSensorRegistro1m" is
  'Values of the caller''s clients by minute, UTC: count, sum, minimum and maximum. Exact at any moment.';
comment on column public."TbSensorRegistro1m"."dtBucket" is 'Start of the minute, UTC.';
comment on column public."TbSensorRegistro1m"."nrQtd" is 'Number of numeric values, without faults.';
comment on column public."TbSensorRegistro1m"."cdCliente" is
  'Who owned the device when the values were received.';
comment on column public."TbSensorRegistro1m"."cdProdutoItem" is 'Product item of the values, if any.';
comment on column public."TbSensorRegistro1m"."nrSoma" is
  'Their sum; infinite or NaN where a value is beyond 1e290.';
create view public."TbSensorRegistro5m" with (security_invoker = true) as
(select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma",
        b."nrMin", b."nrMax"
 from series."TbSensorRegistro5m" b
 where (b."cdSensor", b."cdCliente", date_trunc('hour', b."dtBucket")) not in (
         select p."cdSensor", p."cdCliente", p."dtHora" from private."TbRollupPendente" p
         where p."cdCliente" is not null)
    or b."dtBucket" < private.raw_expired_before(b."cdCliente", b."cdSensor")
 order by b."dtBucket" desc)
union all
select u."cdSensor", u."cdCliente", u."cdProdutoItem", u."dtBucket", u."nrQtd", u."nrSoma",
       u."nrMin", u."nrMax"
from private.unpacked_buckets(5, '-infinity', 'infinity') u
where (u."cdSensor", u."cdCliente", date_trunc('hour', u."dtBucket")) not in (
        select p."cdSensor", p."cdCliente", p."dtHora" from private."TbRollupPendente" p
        where p."cdCliente" is not null)
   or u."dtBucket" < private.raw_expired_before(u."cdCliente", u."cdSensor")
union all
select l."cdSensor", l."cdCliente", l."cdProdutoItem", l."dtBucket", l."nrQtd", l."nrSoma",
       l."nrMin", l."nrMax"
from private.unsummed_buckets(5) l;
revoke all on public."TbSensorRegistro5m" from public, anon, authenticated;
grant select on public."TbSensorRegistro5m" to authenticated, service_role;
comment on view public."TbSensorRegistro5m" is
  'Values of the caller''s clients by five minutes, UTC: count, sum, minimum and maximum. Exact at any '
  'moment.';
comment on column public."TbSensorRegistro5m"."dtBucket" is 'Start of the five minutes, UTC.';
comment on column public."TbSensorRegistro5m"."nrQtd" is 'Number of numeric values, without faults.';
comment on column public."TbSensorRegistro5m"."cdCliente" is
  'Who owned the device when the values were received.';
comment on column public."TbSensorRegistro5m"."cdProdutoItem" is 'Product item of the values, if any.';
comment on column public."TbSensorRegistro5m"."nrSoma" is
  'Their sum; infinite or NaN where a value is beyond 1e290.';
-- For dashboards: the values of the caller's clients. Filter by sensor or time. VwSensorRegistro1m, 5m and 1h
-- are rollups of them, exact at any moment: what is not summed up yet is summed up when it is read.
create view public."VwSensorRegistro" with (security_invoker = true) as
select r."cdSensor", r."dtRegistro", r."nrValor", r."blValor", r."dsValor", r."nrQualidade", r."cdPosicao",
       r."cdDispositivo", r."cdCliente", r."cdProdutoItem"
from public."TbSensorRegistro" r;
revoke all on public."VwSensorRegistro" from public, anon, authenticated;
grant select on public."VwSensorRegistro" to authenticated, service_role;
comment on view public."VwSensorRegistro" is 'Values of the sensors of the caller''s clients.';
-- The same as TbSensorRegistro1h, under the name that dashboards know.
create view public."VwSensorRegistro1h" with (security_invoker = true) as
select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma",
       b."nrMin", b."nrMax"
from public."TbSensorRegistro1h" b;
revoke all on public."VwSensorRegistro1h" from public, anon, authenticated;
grant select on public."VwSensorRegistro1h" to authenticated, service_role;
comment on view public."VwSensorRegistro1h" is 'The same as TbSensorRegistro1h.';
-- The same as TbSensorRegistro1m, under the name that dashboards know.
create view public."VwSensorRegistro1m" with (security_invoker = true) as
select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma",
       b."nrMin", b."nrMax"
from public."TbSensorRegistro1m" b;
revoke all on public."VwSensorRegistro1m" from public, anon, authenticated;
grant select on public."VwSensorRegistro1m" to authenticated, service_role;
comment on view public."VwSensorRegistro1m" is 'The same as TbSensorRegistro1m.';
-- The same as TbSensorRegistro5m, under the name that dashboards know.
create view public."VwSensorRegistro5m" with (security_invoker = true) as
select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma",
       b."nrMin", b."nrMax"
from public."TbSensorRegistro5m" b;
revoke all on public."VwSensorRegistro5m" from public, anon, authenticated;
grant select on public."VwSensorRegistro5m" to authenticated, service_role;
comment on view public."VwSensorRegistro5m" is 'The same as TbSensorRegistro5m.';
-- end

-- from sql/60_rollups/triggers
create trigger "TbDispositivo_janela"
  after update of "horarioMedicaoInicio", "horarioMedicaoFim" on public."TbDispositivo"
  for each row
  when ((old."horarioMedicaoInicio", old."horarioMedicaoFim")
        is distinct from (new."horarioMedicaoInicio", new."horarioMedicaoFim"))
  execute function private.mark_changed_window();
comment on trigger "TbDispositivo_janela" on public."TbDispositivo" is
  'Days counted for the previous measuring window are counted again.';
create trigger "TbPosicao_antes" after update on series."TbPosicao" referencing old table as changed_rows
  for each statement when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_changed_positions();
comment on trigger "TbPosicao_antes" on series."TbPosicao" is
  'Marks the hours where updated rows were as dirty.';
create trigger "TbPosicao_apagado" after delete on series."TbPosicao" referencing old table as changed_rows
  for each statement when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_changed_positions();
comment on trigger "TbPosicao_apagado" on series."TbPosicao" is 'Marks the hours of deleted rows as dirty.';
create trigger "TbPosicao_depois" after update on series."TbPosicao" referencing new table as changed_rows
  for each statement when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_changed_positions();
comment on trigger "TbPosicao_depois" on series."TbPosicao" is
  'Marks the hours where updated rows are as dirty.';
create trigger "TbPosicao_esvaziado" after truncate on series."TbPosicao"
  for each statement execute function private.truncate_rollups();
comment on trigger "TbPosicao_esvaziado" on series."TbPosicao" is
  'Truncates rollups together with their time series.';
create trigger "TbPosicao_inserido" after insert on series."TbPosicao"
  for each row when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_inserted_row('TbPosicao');
comment on trigger "TbPosicao_inserido" on series."TbPosicao" is
  'Marks the hours of late rows that did not come through ingestion as dirty.';
create trigger "TbSensorRegistro_antes" after update on series."TbSensorRegistro"
  referencing old table as changed_rows
  for each statement when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_changed_values();
comment on trigger "TbSensorRegistro_antes" on series."TbSensorRegistro" is
  'Marks the hours where updated rows were as dirty.';
create trigger "TbSensorRegistro_apagado" after delete on series."TbSensorRegistro"
  referencing old table as changed_rows
  for each statement when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_changed_values();
comment on trigger "TbSensorRegistro_apagado" on series."TbSensorRegistro" is
  'Marks the hours of deleted rows as dirty.';
create trigger "TbSensorRegistro_depois" after update on series."TbSensorRegistro"
  referencing new table as changed_rows
  for each statement when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_changed_values();
comment on trigger "TbSensorRegistro_depois" on series."TbSensorRegistro" is
  'Marks the hours where updated rows are as dirty.';
create trigger "TbSensorRegistro_esvaziado" after truncate on series."TbSensorRegistro"
  for each statement execute function private.truncate_rollups();
comment on trigger "TbSensorRegistro_esvaziado" on series."TbSensorRegistro" is
  'Truncates rollups together with their time series.';
create trigger "TbSensorRegistro_inserido" after insert on series."TbSensorRegistro"
  for each row when (current_setting('rastro.dirty_marking', true) is distinct from 'in bulk')
  execute function private.mark_inserted_row('TbSensorRegistro');
comment on trigger "TbSensorRegistro_inserido" on series."TbSensorRegistro" is
  'Marks the hours of late rows that did not come through ingestion as dirty.';
-- end

-- from sql/60_rollups/policies
-- It holds nothing but times.
create policy ler on private."TbCalendario" for select to authenticated using (true);
create policy ler on series."TbContagemDiaria" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
-- Views leave out the dirty hours of the rollups that they read. Those of other clients, however many, are
-- not even looked at.
create policy ler on private."TbRollupPendente" for select to authenticated
  using ("cdCliente" = any ((select private.visible_clients())::integer[]));
create policy ler on series."TbSensorRegistro1d" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
create policy ler on series."TbSensorRegistro1h" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
-- Rollups and counters are visible to whom the rows they were made from are visible. Only maintenance writes
-- them.
create policy ler on series."TbSensorRegistro1m" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
create policy ler on series."TbSensorRegistro5m" for select to authenticated
  using ("cdCliente" in (select unnest((select private.visible_clients())::integer[])));
-- end
