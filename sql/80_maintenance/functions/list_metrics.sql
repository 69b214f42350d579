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
