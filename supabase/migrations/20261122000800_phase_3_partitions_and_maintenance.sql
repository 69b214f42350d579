-- Phase 3, partitions: one a month, out of reach of the API, made ahead of time; and what keeps the time series in order.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/80_maintenance/tables
-- A row that expires, rather than an advisory lock: those end at COMMIT, or stay with a pooled session.
create table private."TbManutencaoConcessao" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "dsQuem" text,
  "dtExpira" timestamptz not null default '-infinity'
);
alter table private."TbManutencaoConcessao" enable row level security;
comment on table private."TbManutencaoConcessao" is
  'Maintenance lease, one row: only its holder runs maintenance.';
comment on column private."TbManutencaoConcessao"."dsQuem" is
  'Holder of the lease: server process and a random identifier.';
comment on column private."TbManutencaoConcessao"."dtExpira" is
  'Until when; renewed before every step. Afterwards another process may take it.';
create table public."TbManutencaoExecucao" (
  "cdExecucao" bigint generated always as identity primary key,
  "dsPasso" text not null,
  "dtInicio" timestamptz not null default clock_timestamp(),
  "dtFim" timestamptz,
  "nrLinhas" bigint,
  "dsErro" text,
  "dsQuem" text
);
create index "TbManutencaoExecucao_dtInicio_idx" on public."TbManutencaoExecucao" ("dtInicio");
create index "TbManutencaoExecucao_ociosa_idx" on public."TbManutencaoExecucao" ("dtInicio")
  where "nrLinhas" = 0 and "dsErro" is null;
create index "TbManutencaoExecucao_falha_idx" on public."TbManutencaoExecucao" ("dsPasso", "dtInicio")
  where "dsErro" is not null;
alter table public."TbManutencaoExecucao" enable row level security;
revoke all on public."TbManutencaoExecucao" from public, anon, authenticated;
grant select on public."TbManutencaoExecucao" to service_role;
comment on table public."TbManutencaoExecucao" is 'Maintenance log: one row for each step of a run.';
comment on column public."TbManutencaoExecucao"."nrLinhas" is
  'What the step counts: partitions created, hours summed up, dirty hours done, rows deleted.';
comment on column public."TbManutencaoExecucao"."dsErro" is 'Error of the step; null when it succeeded.';
comment on column public."TbManutencaoExecucao"."dsQuem" is 'Run that the step belongs to.';
-- end

-- from sql/80_maintenance/rows
insert into private."TbManutencaoConcessao" default values;
-- end

-- from sql/80_maintenance/functions
-- Whether none of these tables has a row. Called by private.drop_empty_partitions.
create function private.are_empty(p_tables regclass[]) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_table regclass;
  v_has_row boolean;
begin
  foreach v_table in array p_tables loop
    execute format('select exists (select from %s)', v_table) into v_has_row;
    if v_has_row then
      return false;
    end if;
  end loop;
  return true;
end
$$;
comment on function private.are_empty is 'Whether none of these tables has a row.';
revoke all on function private.are_empty from public;
-- Creates the partition of a table for a month, unless it exists; whether it did. It is created apart and
-- then attached: attaching an empty table needs no scan and blocks no writer.
-- Called by private.ensure_partitions and private.open_months.
create function private.create_partition(p_table text, p_month timestamp) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_name text := format('%s_%s', p_table, to_char(p_month, 'YYYY_MM'));
begin
  -- one creator at a time
  execute format('lock table series.%I in share update exclusive mode', p_table);
  if to_regclass(format('particoes.%I', v_name)) is not null or private.is_packed_month(p_table, p_month) then
    return false;
  end if;
  execute format('create table particoes.%I (like series.%I including all)', v_name, p_table);
  execute format('alter table particoes.%I enable row level security', v_name);
  execute format('revoke all on particoes.%I from public, anon, authenticated, service_role', v_name);
  execute format('alter table series.%I attach partition particoes.%I for values from (%L) to (%L)',
                 p_table, v_name, p_month, p_month + interval '1 month');
  return true;
end
$$;
comment on function private.create_partition is 'Creates the partition of a table for a month.';
revoke all on function private.create_partition from public;
-- Maintenance step: drops the partitions of a month before the covered ones (nrMesesAtras) that has no
-- rows in any table; a month with rows keeps all of its partitions, as its hours may be summed up again.
-- It waits for nobody: a month that is in use is left for the next run. The partitions are locked before
-- they are looked at, as an import may be writing to them. Returns how many.
create function private.drop_empty_partitions() returns integer
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '50ms' as $$
declare
  v_tables regclass[];
  v_partition regclass;
begin
  for v_tables in
    select array_agg(c.oid::regclass order by c.relname)
    from pg_class c
    cross join private."TbConfiguracao" config
    where c.relnamespace = 'particoes'::regnamespace and c.relkind = 'r' and c.relispartition
      and private.partition_month(c.relname)
        < date_trunc('month', now() at time zone 'UTC') - make_interval(months => config."nrMesesAtras")
      and not exists (
        select from series."TbSensorRegistroFrio" f
        where date_trunc('month', f."dtPrimeiro") = private.partition_month(c.relname))
      and not exists ( -- they may be put back as rows
        select from series."TbRollupFrio" f
        where f."dtInicio" < private.partition_month(c.relname) + interval '1 month'
          and f."dtFim" > private.partition_month(c.relname))
    group by private.partition_month(c.relname)
    order by private.partition_month(min(c.relname))
  loop
    begin
      continue when not private.are_empty(v_tables);
      foreach v_partition in array v_tables loop
        execute format('lock table %s in access exclusive mode', v_partition);
      end loop;
      continue when not private.are_empty(v_tables);
      foreach v_partition in array v_tables loop
        execute format('alter table %s detach partition %s', (
          select i.inhparent::regclass from pg_inherits i where i.inhrelid = v_partition), v_partition);
        execute format('drop table %s', v_partition);
      end loop;
      return cardinality(v_tables);
    exception when lock_not_available then
      null; -- in use; the next run tries again
    end;
  end loop;
  return 0;
end
$$;
comment on function private.drop_empty_partitions is
  'Maintenance step: drops the partitions of a month that is no longer covered and has no rows.';
revoke all on function private.drop_empty_partitions from public;
-- Maintenance step: creates the missing monthly partitions of every partitioned table, from nrMesesAtras
-- months back to nrMesesAdiante months ahead; an ingest that finds one missing calls it too. Returns how
-- many.
-- Security definer: whoever ingests may create partitions, but nothing else.
-- Who may call it: service_role.
create function private.ensure_partitions(p_now timestamptz default now()) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_missing record;
  v_done integer := 0;
begin
  for v_missing in
    select t.table_name, m.month
    from private."TbConfiguracao" config
    cross join (select c.relname::text from pg_class c
                where c.relnamespace = 'series'::regnamespace and c.relkind = 'p') as t(table_name)
    cross join lateral generate_series(
      date_trunc('month', p_now at time zone 'UTC') - make_interval(months => config."nrMesesAtras"),
      date_trunc('month', p_now at time zone 'UTC') + make_interval(months => config."nrMesesAdiante"),
      '1 month') as m(month)
    where to_regclass(format('particoes.%I',
            format('%s_%s', t.table_name, to_char(m.month, 'YYYY_MM')))) is null
      and not private.is_packed_month(t.table_name, m.month)
    order by 1, 2
  loop
    v_done := v_done + private.create_partition(v_missing.table_name, v_missing.month)::integer;
  end loop;
  return v_done;
end
$$;
comment on function private.ensure_partitions is 'Maintenance step: creates missing monthly partitions.';
revoke all on function private.ensure_partitions from public;
grant execute on function private.ensure_partitions to service_role;
-- Maintenance step: deletes expired payloads of the quarantine that are not under a legal hold, up to 10,000
-- per call, and old entries of the maintenance log; adds up what came into quarantine and left it.
-- Returns how many payloads.
create function private.expire_quarantine() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_rows integer;
begin
  delete from public."TbIngestaoErro" q
  where q."cdErro" in (
    select v."cdErro" from public."TbIngestaoErro" v
    where v."dtExpiracao" < now() and not private.is_held(v."cdCliente", v."cdDispositivo")
    order by v."dsHash", v."dsMotivo" limit 10000 for update skip locked);
  get diagnostics v_rows = row_count;
  perform private.trim_quarantine(nullif(m."cdCliente", 0))
  from (select distinct v."cdCliente" from private."TbQuarentenaMudanca" v limit 1000) m;
  delete from public."TbManutencaoExecucao" e where e."dtInicio" < now() - interval '90 days';
  -- runs that had nothing to do are kept for two days only
  delete from public."TbManutencaoExecucao" e
  where e."dtInicio" < now() - interval '2 days' and e."nrLinhas" = 0 and e."dsErro" is null;
  return v_rows;
end
$$;
comment on function private.expire_quarantine is
  'Maintenance step: deletes expired payloads of the quarantine and entries of the maintenance log.';
revoke all on function private.expire_quarantine from public;
-- Whether positions and values of the month of a time can be stored; false for null. All partitions of a
-- month are created, and dropped, together, but packed months have none of the two.
-- Called by private.open_months and private.rehearse_import.
create function private.is_open_month(p_time timestamp) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_regclass('particoes."TbSensorRegistro1h_' || to_char(p_time, 'YYYY_MM') || '"') is not null
    and (private.is_packed_month('TbPosicao', p_time)
      or to_regclass('particoes."TbPosicao_' || to_char(p_time, 'YYYY_MM') || '"') is not null
         and to_regclass('particoes."TbSensorRegistro_' || to_char(p_time, 'YYYY_MM') || '"') is not null)
$$;
comment on function private.is_open_month is 'Whether the month of a time has partitions.';
revoke all on function private.is_open_month from public;
-- Who still calls what a conversion answers in the name of a legacy application, from its switch to its end:
-- {until, calls: [{call, calls, lastAt}]}; null at any other time. Part of public.get_saude_series.
-- The schema `conversao` is there only while a database is converted, so the statement is put together.
create function private.legacy_use() returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_use jsonb;
begin
  if to_regclass('conversao."TbConversaoUso"') is null then
    return null;
  end if;
  execute format($sql$
    select jsonb_build_object('until', e."dtAte", 'calls', (
      select coalesce(jsonb_agg(jsonb_build_object('call', u.call, 'calls', u.calls, 'lastAt', u.last_at)
                                order by u.call), '[]')
      from (select c."dsChamada" as call, sum(c."nrChamadas") as calls, max(c."dtUltima") as last_at
            from %1$I."TbConversaoUso" c group by 1) u))
    from (select s.* from %1$I."TbConversaoEtapa" s order by s."cdEtapa" desc limit 1) e
    where e."dsEtapa" = 'switched'
    $sql$, 'conversao')
  into v_use;
  return v_use;
end
$$;
comment on function private.legacy_use is 'Calls of a legacy application that a conversion still answers.';
revoke all on function private.legacy_use from public;
-- What an operator watches, for python -m app.jobs.metrics, which asks at each scrape: a name, what it means,
-- labels, and a value, all of them gauges. Labels have few values: a client only for the 100 largest groups
-- of the quarantine, the rest together; never a device.
-- Security definer: the maintenance login may ask, but not read the tables.
-- Who may call it: the maintenance role.
create function private.list_metrics()
returns table (name text, about text, labels jsonb, value double precision)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  with health as (select public.get_saude_series() as h),
  quarantine as (
    select case when q.place <= 100 then coalesce(q.client::text, 'none') else 'others' end as client,
           case when q.place <= 100 then q.reason else 'others' end as reason, sum(q.payloads) as payloads
    from (
      select e."cdCliente" as client, e."dsMotivo" as reason, count(*) as payloads,
             row_number() over (order by count(*) desc, e."cdCliente", e."dsMotivo") as place
      from public."TbIngestaoErro" e group by 1, 2
    ) q group by 1, 2
  ),
  tiers as (
    select regexp_replace(c.relname, '_\d{4}_\d{2}$', '') as tier, sum(pg_total_relation_size(c.oid)) as bytes
    from pg_class c
    where c.relkind = 'r' and (c.relnamespace in ('particoes'::regnamespace, 'series'::regnamespace)
      or c.oid in ('public."TbPosicaoAtual"'::regclass, 'public."TbIngestaoErro"'::regclass))
    group by 1
  )
  select 'rollup_lag_seconds', 'Seconds since the watermark of the rollups', '{}'::jsonb,
         (h ->> 'lagSeconds')::double precision from health where h ->> 'lagSeconds' is not null
  union all
  select 'rollup_dirty_windows', 'Dirty hours of the rollups', '{}', (h ->> 'dirtyWindows')::double precision
  from health
  union all
  select 'rollup_dirty_age_seconds', 'Seconds since the oldest dirty hour was marked', '{}',
         coalesce(extract(epoch from clock_timestamp() - min(p."dtMarcado")), 0)
  from private."TbRollupPendente" p
  union all
  select 'partitions_ahead_months', 'Future months that have partitions', '{}',
         (h ->> 'partitionsAhead')::double precision from health
  union all
  select 'maintenance_last_run_timestamp_seconds',
         'End of the last maintenance run, seconds since 1970', '{}',
         extract(epoch from (h #>> '{lastRun,endedAt}')::timestamptz)
  from health where h #>> '{lastRun,endedAt}' is not null
  union all
  select 'maintenance_failing_steps', 'Maintenance steps whose last run failed', '{}',
         (h ->> 'failingSteps')::double precision from health
  union all
  select 'quarantine_payloads', 'Payloads in quarantine, by client and cause',
         jsonb_build_object('client', q.client, 'reason', q.reason), q.payloads from quarantine q
  union all
  select 'quarantine_lost', 'Payloads that have given way to newer ones in full quarantines', '{}',
         (h ->> 'quarantineLost')::double precision from health
  union all
  select 'devices', 'Devices that have reported', '{}', count(*) from public."TbPosicaoAtual"
  union all
  select 'devices_silent', 'Devices whose last report is longer ago',
         jsonb_build_object('longer_than', s.span), count(a."cdDispositivo")
  from unnest('{1h,24h,7d}'::text[]) as s(span)
  left join public."TbPosicaoAtual" a
    on a."dtRegistro" < clock_timestamp() at time zone 'UTC' - s.span::interval
  group by s.span
  union all
  select 'bytes', 'Size of the time series on disk with indexes, by table',
         jsonb_build_object('tier', t.tier), t.bytes from tiers t
  union all
  select 'database_bytes', 'Size of the database on disk', '{}', pg_database_size(current_database())
  union all
  select 'oldest_transaction_seconds', 'Age of the oldest transaction of a client of this database', '{}',
         coalesce(extract(epoch from clock_timestamp() - min(a.xact_start)), 0)
  from pg_stat_activity a
  where a.datname = current_database() and a.backend_type = 'client backend' and a.pid <> pg_backend_pid()
  union all
  select 'transaction_number_age', 'Transactions since the oldest number that is not frozen', '{}',
         age(d.datfrozenxid) from pg_database d where d.datname = current_database()
  union all
  select 'wal_archive_failing', '1 if the last WAL segment could not be archived', '{}',
         (coalesce(w.last_failed_time > coalesce(w.last_archived_time, '-infinity'), false))::integer
  from pg_stat_archiver w
$$;
comment on function private.list_metrics is 'Metrics of the database, for the job that Prometheus scrapes.';
revoke all on function private.list_metrics from public;
grant execute on function private.list_metrics to rastro_manutencao;
-- Each step is a function of this name without arguments that returns how much it did; 0 when there is
-- nothing to do for now. Each call is a bounded transaction that continues where the last one ended, whoever
-- was killed in between.
-- Who may call it: the maintenance role.
create function private.maintenance_steps() returns text[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select '{ensure_partitions,advance_watermark,redo_dirty_hours,recount_changed_windows,extend_floor,
           expire_quarantine,delete_requested_series,finish_person_deletions,expire_raw,
           expire_rollups,pack_history,pack_rollups,verify_packs,drop_empty_partitions}'::text[]
$$;
comment on function private.maintenance_steps is 'The steps of maintenance, in order.';
revoke all on function private.maintenance_steps from public;
grant execute on function private.maintenance_steps to rastro_manutencao;
-- Of the partitioned table that has the fewest. Part of public.get_saude_series.
create function private.months_ahead() returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(min(t.months), 0)::integer
  from (
    select (select count(*) from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = p.oid
              and private.partition_month(c.relname) > now() at time zone 'UTC') as months
    from pg_class p where p.relnamespace = 'series'::regnamespace and p.relkind = 'p'
  ) t
$$;
comment on function private.months_ahead is
  'For how many months after the current one every partitioned table has partitions.';
revoke all on function private.months_ahead from public;
-- Creates the partitions of all tables for months before the covered ones in which imported readings are
-- to be stored: those of elements that are rejected open none. A month that has them keeps them while it
-- has rows (private.drop_empty_partitions). At most 6 at once, as each holds the locks of its tables
-- until the end of the transaction.
-- Called by private.ingest for imports. Raises PT400 RANGE_TOO_WIDE, RA004 (another import is at it).
create function private.open_months(p_elements private.element[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_months timestamp[] := array(
    select m.month
    from (select distinct date_trunc('month', e."dtRegistro") as month
          from unnest(p_elements) e where e.verdict = 'stored') m
    where not private.is_open_month(m.month) and exists (
      select from unnest(p_elements) e
      where e.verdict = 'stored' and date_trunc('month', e."dtRegistro") = m.month
        and not private.names_sensor_twice(e))
    order by m.month);
begin
  if cardinality(v_months) > 6 then
    raise sqlstate 'PT400' using hint = 'RANGE_TOO_WIDE',
      message = format('The readings are of %s months, %s to %s, that have no data yet; at most 6 can be '
                       'begun at once. Import them in parts, by time.', cardinality(v_months),
                       to_char(v_months[1], 'YYYY-MM'),
                       to_char(v_months[cardinality(v_months)], 'YYYY-MM'));
  end if;
  if v_months = '{}' then
    return;
  elsif not private.take_import_turn(false) then
    raise sqlstate 'RA004';
  end if;
  perform private.create_partition(t.relname, m)
  from (select c.relname::text from pg_class c
        where c.relnamespace = 'series'::regnamespace and c.relkind = 'p' order by 1) t
  cross join unnest(v_months) m;
end
$$;
comment on function private.open_months is 'Creates the partitions for months of imported readings.';
revoke all on function private.open_months from public;
-- Partitions are named <table>_YYYY_MM. Null for any other name, so that it can be called for every table.
create function private.partition_month(p_name text) returns timestamp
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when p_name ~ '_\d{4}_(0[1-9]|1[0-2])$'
    then make_timestamp(left(right(p_name, 7), 4)::integer, right(p_name, 2)::integer, 1, 0, 0, 0) end
$$;
comment on function private.partition_month is 'The month of a partition, by its name.';
revoke all on function private.partition_month from public;
-- See private.take_lease.
-- Security definer: the maintenance role has no rights on tables. Who may call it: the maintenance role.
create function private.return_lease(p_holder text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update private."TbManutencaoConcessao" set "dtExpira" = '-infinity' where "dsQuem" = p_holder
$$;
comment on function private.return_lease is 'Returns the maintenance lease.';
revoke all on function private.return_lease from public;
grant execute on function private.return_lease to rastro_manutencao;
-- Calls each step again and again while it has more to do and time is left. Each call of a step is a
-- transaction of its own, so an error in one does not stop the others.
-- No SET clause: a procedure that has one may not commit.
-- Who may call it: the maintenance role.
create procedure private.run_maintenance(p_seconds integer default 45)
language plpgsql as $$
declare
  v_holder text := pg_catalog.pg_backend_pid() || '-' || pg_catalog.gen_random_uuid();
  v_end timestamptz := pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => p_seconds);
  v_step text;
  v_more boolean;
begin
  foreach v_step in array private.maintenance_steps() loop
    loop
      v_more := private.run_step(v_step, v_holder);
      commit;
      exit when v_more is not true or pg_catalog.clock_timestamp() > v_end;
    end loop;
    exit when v_more is null;
  end loop;
  perform private.return_lease(v_holder);
  commit;
end
$$;
comment on procedure private.run_maintenance is
  'Maintenance, called every minute: works for about so many seconds; returns at once when another process '
  'is at work.';
revoke all on procedure private.run_maintenance from public;
grant execute on procedure private.run_maintenance to rastro_manutencao;
-- Runs one step: true when it did something and may have more to do, null when another process has the lease.
-- The log has one row for each step of a run (TbManutencaoExecucao). jit is switched off here and not only on
-- a role, as pg_cron runs as the owner of the database.
-- Security definer: the maintenance role may run these steps and nothing else.
-- Who may call it: the maintenance role. Raises PT400 INVALID_PARAMETER.
create function private.run_step(p_step text, p_holder text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  v_started timestamptz := clock_timestamp();
  v_rows bigint := 0;
  v_error text;
begin
  if not p_step = any (private.maintenance_steps()) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('%s is not a maintenance step', p_step);
  end if;
  if not private.take_lease(p_holder) then
    return null;
  end if;
  begin
    execute format('select private.%I()', p_step) into v_rows;
  exception when others then -- any error is logged and must not stop the next step
    v_error := sqlstate || ' ' || sqlerrm;
  end;
  update public."TbManutencaoExecucao" e
  set "dtFim" = clock_timestamp(), "nrLinhas" = e."nrLinhas" + coalesce(v_rows, 0), "dsErro" = v_error
  where e."dsQuem" = p_holder and e."dsPasso" = p_step and e."dtInicio" > now() - interval '1 hour';
  if not found then
    insert into public."TbManutencaoExecucao" ("dsPasso", "dtInicio", "dtFim", "nrLinhas", "dsErro", "dsQuem")
    values (p_step, v_started, clock_timestamp(), coalesce(v_rows, 0), v_error, p_holder);
  end if;
  return v_error is null and v_rows > 0;
end
$$;
comment on function private.run_step is 'Runs one maintenance step and logs its result.';
revoke all on function private.run_step from public;
grant execute on function private.run_step to rastro_manutencao;
-- Part of public.get_saude_series.
create function private.step_health() returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'step', p.step, 'lastStart', u."dtInicio",
    'seconds', round(extract(epoch from u."dtFim" - u."dtInicio"), 3), 'rows', u."nrLinhas",
    'error', u."dsErro",
    'failures24h', (
      select count(*) from public."TbManutencaoExecucao" e
      where e."dsPasso" = p.step and e."dsErro" is not null and e."dtInicio" > now() - interval '1 day'))
    order by p.n), '[]')
  from unnest(private.maintenance_steps()) with ordinality as p(step, n)
  left join lateral (
    select e.* from public."TbManutencaoExecucao" e where e."dsPasso" = p.step
    order by e."dtInicio" desc limit 1
  ) u on true
$$;
comment on function private.step_health is
  'The last run of each maintenance step, and its failures of the last 24 hours.';
revoke all on function private.step_health from public;
-- Imports begin months one after the other, as each holds the locks of new partitions until it ends.
-- p_wait   waits for its turn, 4 seconds at most; otherwise returns at once whether it has it
-- Called by private.open_months, which does not wait, as it holds the lock of ingestion, and by
-- private.ingest once that one has been given up. Raises PT503 BUSY, with seconds to wait.
create function private.take_import_turn(p_wait boolean) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '4s' as $$
begin
  if p_wait then
    perform pg_advisory_xact_lock(7274737473);
    return true;
  end if;
  return pg_try_advisory_xact_lock(7274737473);
exception when lock_not_available then
  raise sqlstate 'PT503' using hint = 'BUSY', detail = '5',
    message = 'Another import is beginning months that have no data yet; one does so at a time. Try again.';
end
$$;
comment on function private.take_import_turn is 'The turn of an import to begin months.';
revoke all on function private.take_import_turn from public;
-- Only the holder of the lease runs maintenance, and renews it before every step. The row stays locked while
-- a step runs, so that nobody can take over from a process whose lease has expired but which is still at
-- work. Part of private.run_step.
create function private.take_lease(p_holder text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform from private."TbManutencaoConcessao" c
  where c."dsQuem" = p_holder or c."dtExpira" < clock_timestamp()
  for update skip locked;
  if not found then
    return false;
  end if;
  update private."TbManutencaoConcessao"
  set "dsQuem" = p_holder, "dtExpira" = clock_timestamp() + interval '2 minutes';
  return true;
end
$$;
comment on function private.take_lease is
  'Takes or renews the maintenance lease; false when another process has it.';
revoke all on function private.take_lease from public;
-- end

-- from sql/80_maintenance/rpc
-- Health of time-series maintenance: {status, watermark, floor, lagSeconds, dirtyWindows, partitionsAhead,
-- lastRun, failingSteps, failures24h, quarantineLost, legacyUse, reasons, steps}. Times of data are UTC
-- without offset. lagSeconds is the time since the watermark; up to an hour and nrMinutosRollup is normal.
-- dirtyWindows is the number of dirty hours, counted up to 10,000. quarantineLost is the number of payloads
-- that have given way to newer ones in full quarantines, of all clients. legacyUse is null but while a
-- conversion serves a legacy application (private.legacy_use). reasons are codes. steps has the last run of
-- each step, its error and its failures of the last 24 hours: for the service only, null for everybody else,
-- as an error may quote SQL and rows.
-- Security definer: everybody may ask for health, but not read the tables it comes from; the response
-- contains no data of any client.
-- Who: everybody.
create function public.get_saude_series() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
  v_steps jsonb := private.step_health();
  v_health jsonb;
  v_last_end timestamptz;
  v_reasons text[];
begin
  select jsonb_build_object(
    'watermark', case when isfinite(m."dtMarca") then m."dtMarca" end,
    'floor', case when isfinite(m."dtPiso") then m."dtPiso" end,
    'lagSeconds', case when isfinite(m."dtMarca")
                       then round(extract(epoch from now() at time zone 'UTC' - m."dtMarca"), 3) end,
    'dirtyWindows', (select count(*) from (
       select distinct p."dtHora", p."cdSensor", p."cdDispositivo"
       from (select * from private."TbRollupPendente" limit 10000) p) d),
    'partitionsAhead', private.months_ahead(),
    'lastRun', (
       select jsonb_build_object('startedAt', min(e."dtInicio"), 'endedAt', max(e."dtFim"))
       from public."TbManutencaoExecucao" e
       where e."dsQuem" = (select u."dsQuem" from public."TbManutencaoExecucao" u where u."dtFim" is not null
                           order by u."dtInicio" desc limit 1)
       having count(*) > 0),
    'failingSteps', (select count(*) from jsonb_array_elements(v_steps) s where s ->> 'error' is not null),
    'failures24h', (select sum((s ->> 'failures24h')::integer) from jsonb_array_elements(v_steps) s),
    'quarantineLost', (select coalesce(sum(k."nrPerdidos"), 0) from public."TbQuarentena" k),
    'legacyUse', private.legacy_use(),
    'steps', case when v_caller.is_service and 'read' = any (v_caller."dsPermissoes") then v_steps end)
  into v_health
  from private."TbRollupMarca" m;

  v_last_end := (v_health #>> '{lastRun,endedAt}')::timestamptz;
  v_reasons := array_remove(array[
    case when not v_health -> 'lastRun' <> 'null' then 'MAINTENANCE_NEVER_RAN'
         when v_last_end < now() - interval '10 minutes' then 'MAINTENANCE_LATE' end,
    case when (v_health ->> 'lagSeconds')::numeric
              > 2 * 3600 + 60 * (select "nrMinutosRollup" from private."TbConfiguracao")
           then 'WATERMARK_LATE' end,
    case when (v_health ->> 'partitionsAhead')::integer < 1 then 'NO_PARTITION_AHEAD' end,
    case when exists (select from private."TbRollupPendente" p
                      where p."dtMarcado" < now() - interval '15 minutes')
           then 'DIRTY_HOURS_WAITING' end,
    case when (v_health ->> 'failingSteps')::integer > 0 then 'STEP_FAILED' end], null);
  return v_health || jsonb_build_object(
    'status', case when v_reasons = '{}' then 'ok' else 'degraded' end, 'reasons', v_reasons);
end
$$;
comment on function public.get_saude_series is 'Health of time-series maintenance.';
revoke all on function public.get_saude_series from public;
grant execute on function public.get_saude_series to authenticated, service_role;
-- end

-- from sql/80_maintenance/actions
-- The first partitions; afterwards private.run_maintenance creates those of further months.
select private.ensure_partitions();
-- Maintenance is run by pg_cron where that is installed, otherwise by python -m app.jobs.maintenance.
do $$
begin
  if to_regprocedure('cron.schedule(text,text,text)') is not null then
    perform cron.schedule('rastro-manutencao', '* * * * *', 'call private.run_maintenance()');
  end if;
end
$$;
-- end
