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
