-- Phase 3, partitions: one a month, out of reach of the API, made ahead of time; and what keeps the time series in order.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/80_maintenance/tables
-- An expiring row rather than an advisory lock: those vanish at COMMIT, or stay with a pooled session.
create table private."TbManutencaoConcessao" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "dsQuem" text,
  "dtExpira" timestamptz not null default '-infinity'
);
alter table private."TbManutencaoConcessao" enable row level security;
comment on table private."TbManutencaoConcessao" is 'Lease of the upkeep, one row: never two at work.';
comment on column private."TbManutencaoConcessao"."dsQuem" is 'Who is at work: server process and a number of its own.';
comment on column private."TbManutencaoConcessao"."dtExpira" is 'Until when; renewed before every step. After it another may go on.';
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
create index "TbManutencaoExecucao_ociosa_idx" on public."TbManutencaoExecucao" ("dtInicio") where "nrLinhas" = 0 and "dsErro" is null;
create index "TbManutencaoExecucao_falha_idx" on public."TbManutencaoExecucao" ("dsPasso", "dtInicio") where "dsErro" is not null;
alter table public."TbManutencaoExecucao" enable row level security;
revoke all on public."TbManutencaoExecucao" from public, anon, authenticated;
grant select on public."TbManutencaoExecucao" to service_role;
comment on table public."TbManutencaoExecucao" is 'What the upkeep did, when, and what went wrong.';
comment on column public."TbManutencaoExecucao"."nrLinhas" is 'What the step counts: partitions made, hours summed up, marks done, rows expired.';
comment on column public."TbManutencaoExecucao"."dsErro" is 'Null when the step succeeded.';
comment on column public."TbManutencaoExecucao"."dsQuem" is 'The run it belongs to.';
-- end

-- from sql/80_maintenance/rows
insert into private."TbManutencaoConcessao" default values;
-- end

-- from sql/80_maintenance/functions
-- Empty partitions that lie before the coverage. Nobody is kept waiting for it: what is locked is left for the next run.
create function private.drop_empty_partitions() returns integer
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '50ms' as $$
declare
  v_old record;
  v_empty boolean;
  v_dropped integer := 0;
begin
  for v_old in
    select c.oid::regclass as partition_name, i.inhparent::regclass as table_name
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid and c.relnamespace = 'particoes'::regnamespace and c.relkind = 'r'
    cross join private."TbConfiguracao" config
    where private.partition_month(c.relname)
      < date_trunc('month', now() at time zone 'UTC') - make_interval(months => config."nrMesesAtras")
    order by c.relname
  loop
    execute format('select not exists (select from %s)', v_old.partition_name) into v_empty;
    continue when not v_empty;
    begin
      execute format('alter table %s detach partition %s', v_old.table_name, v_old.partition_name);
      execute format('drop table %s', v_old.partition_name);
      v_dropped := v_dropped + 1;
    exception when lock_not_available then
      null; -- somebody reads or writes just now
    end;
  end loop;
  return v_dropped;
end
$$;
comment on function private.drop_empty_partitions is 'Drops empty partitions older than the coverage; returns how many.';
revoke all on function private.drop_empty_partitions from public;
-- Makes the monthly partitions that the coverage asks for and that are missing, of every partitioned table. Run by the
-- upkeep and by an ingest that finds one missing. Made apart and then attached: attaching an empty table needs no
-- scan and holds up no writer.
create function private.ensure_partitions(p_now timestamptz default now()) returns integer
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_missing record;
  v_done integer := 0;
begin
  for v_missing in
    select t.table_name, m.month, format('%s_%s', t.table_name, to_char(m.month, 'YYYY_MM')) as name
    from private."TbConfiguracao" config
    cross join (select c.relname::text from pg_class c
                where c.relnamespace = 'public'::regnamespace and c.relkind = 'p') as t(table_name)
    cross join lateral generate_series(
      date_trunc('month', p_now at time zone 'UTC') - make_interval(months => config."nrMesesAtras"),
      date_trunc('month', p_now at time zone 'UTC') + make_interval(months => config."nrMesesAdiante"),
      '1 month') as m(month)
    where to_regclass(format('particoes.%I', format('%s_%s', t.table_name, to_char(m.month, 'YYYY_MM')))) is null
    order by 1, 2
  loop
    execute format('lock table public.%I in share update exclusive mode', v_missing.table_name); -- one maker at a time
    continue when to_regclass(format('particoes.%I', v_missing.name)) is not null;
    execute format('create table particoes.%I (like public.%I including all)', v_missing.name, v_missing.table_name);
    execute format('alter table particoes.%I enable row level security', v_missing.name);
    execute format('revoke all on particoes.%I from public, anon, authenticated, service_role', v_missing.name);
    execute format('alter table public.%I attach partition particoes.%I for values from (%L) to (%L)',
                   v_missing.table_name, v_missing.name, v_missing.month, v_missing.month + interval '1 month');
    v_done := v_done + 1;
  end loop;
  return v_done;
end
$$;
comment on function private.ensure_partitions is 'Makes missing monthly partitions; returns how many.';
revoke all on function private.ensure_partitions from public;
grant execute on function private.ensure_partitions to service_role;
-- Upkeep, in bounded steps. Each is one transaction, logged, and goes on where the last one ended, whoever was killed in
-- between; one that fails is seen in the log and does not stop the others.
create function private.expire_quarantine() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_rows integer;
begin
  delete from public."TbIngestaoErro" q
  where q."cdErro" in (
    select v."cdErro" from public."TbIngestaoErro" v where v."dtExpiracao" < now()
    order by v."dsHash", v."dsMotivo" limit 10000 for update skip locked);
  get diagnostics v_rows = row_count;
  delete from public."TbManutencaoExecucao" e where e."dtInicio" < now() - interval '90 days';
  -- of runs that had nothing to do two days are enough
  delete from public."TbManutencaoExecucao" e
  where e."dtInicio" < now() - interval '2 days' and e."nrLinhas" = 0 and e."dsErro" is null;
  return v_rows;
end
$$;
comment on function private.expire_quarantine is 'Deletes quarantined payloads and log entries whose time is over; returns how many payloads.';
revoke all on function private.expire_quarantine from public;
create function private.maintenance_steps() returns text[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select '{ensure_partitions,advance_watermark,redo_dirty_hours,recount_changed_windows,extend_floor,expire_quarantine,expire_raw,
           expire_rollups,drop_empty_partitions}'::text[]
$$;
comment on function private.maintenance_steps is 'The steps of the upkeep, in their order.';
revoke all on function private.maintenance_steps from public;
grant execute on function private.maintenance_steps to rastro_manutencao;
-- The parts of public.get_saude_series.
create function private.months_ahead() returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  -- of the table that has the fewest
  select coalesce(min(t.months), 0)::integer
  from (
    select (select count(*) from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = p.oid
              and private.partition_month(c.relname) > now() at time zone 'UTC') as months
    from pg_class p where p.relnamespace = 'public'::regnamespace and p.relkind = 'p'
  ) t
$$;
comment on function private.months_ahead is 'For how many months after this one every partitioned table has partitions.';
revoke all on function private.months_ahead from public;
-- Partitions are named <table>_YYYY_MM. Of any other name it is null, so that it can be asked of every table.
create function private.partition_month(p_name text) returns timestamp
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when p_name ~ '_\d{4}_(0[1-9]|1[0-2])$'
    then make_timestamp(left(right(p_name, 7), 4)::integer, right(p_name, 2)::integer, 1, 0, 0, 0) end
$$;
comment on function private.partition_month is 'The month of a partition, by its name.';
revoke all on function private.partition_month from public;
create function private.return_lease(p_holder text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update private."TbManutencaoConcessao" set "dtExpira" = '-infinity' where "dsQuem" = p_holder
$$;
comment on function private.return_lease is 'Gives the lease of the upkeep back.';
revoke all on function private.return_lease from public;
grant execute on function private.return_lease to rastro_manutencao;
-- No SET clause: a procedure that has one may not commit. Each step is repeated while it has more to do and time is left.
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
comment on procedure private.run_maintenance is 'The whole upkeep, run every minute: works for about so many seconds and returns at once when another is at work.';
revoke all on procedure private.run_maintenance from public;
grant execute on procedure private.run_maintenance to rastro_manutencao;
-- Runs one step; true when it did something and may have more to do, null when another has the lease. One line in the log for
-- each step of a run. Security definer: whoever runs the maintenance may do only that. jit is off here and not only on a role,
-- as pg_cron runs as the owner of the database.
create function private.run_step(p_step text, p_holder text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  v_started timestamptz := clock_timestamp();
  v_rows bigint := 0;
  v_error text;
begin
  if not p_step = any (private.maintenance_steps()) then
    raise sqlstate 'PT400' using message = format('%s is no step of the upkeep', p_step), hint = 'INVALID_PARAMETER';
  end if;
  if not private.take_lease(p_holder) then
    return null;
  end if;
  begin
    execute format('select private.%I()', p_step) into v_rows;
  exception when others then -- whatever it is, it belongs in the log and must not stop the next step
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
comment on function private.run_step is 'Runs one step of the upkeep and logs how it went.';
revoke all on function private.run_step from public;
grant execute on function private.run_step to rastro_manutencao;
create function private.step_health() returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'step', p.step, 'lastStart', u."dtInicio", 'seconds', round(extract(epoch from u."dtFim" - u."dtInicio"), 3), 'rows', u."nrLinhas",
    'error', u."dsErro",
    'failures24h', (select count(*) from public."TbManutencaoExecucao" e
                    where e."dsPasso" = p.step and e."dsErro" is not null and e."dtInicio" > now() - interval '1 day'))
    order by p.n), '[]')
  from unnest(private.maintenance_steps()) with ordinality as p(step, n)
  left join lateral (
    select e.* from public."TbManutencaoExecucao" e where e."dsPasso" = p.step order by e."dtInicio" desc limit 1
  ) u on true
$$;
comment on function private.step_health is 'How each step of the upkeep last went.';
revoke all on function private.step_health from public;
-- The lease, for p_holder, until shortly after now. Whoever works holds the row locked as well, so that one who was thought
-- to be gone and is not cannot be joined by another.
create function private.take_lease(p_holder text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform from private."TbManutencaoConcessao" c
  where c."dsQuem" = p_holder or c."dtExpira" < clock_timestamp()
  for update skip locked;
  if not found then
    return false;
  end if;
  update private."TbManutencaoConcessao" set "dsQuem" = p_holder, "dtExpira" = clock_timestamp() + interval '2 minutes';
  return true;
end
$$;
comment on function private.take_lease is 'Takes or renews the lease of the upkeep; false when another has it.';
revoke all on function private.take_lease from public;
-- end

-- from sql/80_maintenance/rpc
-- How the upkeep of the time series gets on: {status, watermark, floor, lagSeconds, dirtyWindows, partitionsAhead, lastRun, steps,
-- reasons}. Times of data are UTC without offset. lagSeconds: since the watermark; up to an hour and nrMinutosRollup is
-- how it must be. dirtyWindows is counted up to 10,000. steps: the last run of each, and its failures of the last 24 hours.
-- Who: everybody, as for other questions after health: nothing of any client is in it. Security definer for that.
create function public.get_saude_series() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_health jsonb;
  v_reasons text[];
begin
  select jsonb_build_object(
    'watermark', case when isfinite(m."dtMarca") then m."dtMarca" end,
    'floor', case when isfinite(m."dtPiso") then m."dtPiso" end,
    'lagSeconds', case when isfinite(m."dtMarca") then round(extract(epoch from now() at time zone 'UTC' - m."dtMarca"), 3) end,
    'dirtyWindows', (select count(*) from (
       select distinct p."dtHora", p."cdSensor", p."cdDispositivo"
       from (select * from private."TbRollupPendente" limit 10000) p) d),
    'partitionsAhead', private.months_ahead(),
    'lastRun', (select jsonb_build_object('startedAt', min(e."dtInicio"), 'endedAt', max(e."dtFim")) from public."TbManutencaoExecucao" e
       where e."dsQuem" = (select u."dsQuem" from public."TbManutencaoExecucao" u where u."dtFim" is not null
                           order by u."dtInicio" desc limit 1)
       having count(*) > 0),
    'steps', private.step_health())
  into v_health
  from private."TbRollupMarca" m;

  v_reasons := array_remove(array[
    case when not v_health -> 'lastRun' <> 'null' then 'The upkeep has never run'
         when (v_health #>> '{lastRun,endedAt}')::timestamptz < now() - interval '10 minutes'
           then 'The upkeep last ran ' || date_trunc('second', now() - (v_health #>> '{lastRun,endedAt}')::timestamptz) || ' ago' end,
    case when (v_health ->> 'lagSeconds')::numeric > 2 * 3600 + 60 * (select "nrMinutosRollup" from private."TbConfiguracao")
           then 'The watermark is late: a transaction may be open for too long' end,
    case when (v_health ->> 'partitionsAhead')::integer < 1 then 'There is no partition for next month' end,
    case when exists (select from private."TbRollupPendente" p where p."dtMarcado" < now() - interval '15 minutes')
           then 'Dirty windows have been waiting for more than 15 minutes' end], null)
    || array(select format('Step %s failed: %s', s ->> 'step', s ->> 'error')
             from jsonb_array_elements(v_health -> 'steps') s where s ->> 'error' is not null);
  return v_health || jsonb_build_object('status', case when v_reasons = '{}' then 'ok' else 'degraded' end, 'reasons', v_reasons);
end
$$;
comment on function public.get_saude_series is 'How the upkeep of the time series gets on.';
revoke all on function public.get_saude_series from public;
grant execute on function public.get_saude_series to authenticated, service_role;
-- end

-- from sql/80_maintenance/actions
-- The partitions of this month and the next ones, once at the start; run_maintenance makes those that follow.
select private.ensure_partitions();
-- Where pg_cron is installed it runs the upkeep; elsewhere python -m app.maintenance does.
do $$
begin
  if to_regprocedure('cron.schedule(text,text,text)') is not null then
    perform cron.schedule('rastro-manutencao', '* * * * *', 'call private.run_maintenance()');
  end if;
end
$$;
-- end
