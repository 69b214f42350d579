-- The buckets of one sensor that are no rows of a rollup, as private.plan_reading planned them: those made of
-- the values, and packed ones. Part of private.bucket_points: most readings have a few of the former and none
-- of the latter, and a statement that unites all tables locks every partition of each.
-- Planned anew for each reading, with the first and last time of all ranges, so that partitions outside are
-- neither planned nor locked. Where nothing is packed only rows are read: the plan of unpacking takes longer
-- than the values of an hour.
-- Who may call it: every API role; row-level security decides which rows.
create function private.other_buckets(p_minutes integer, p_sensor integer, p_plan private.reading_plan)
returns setof private.bucket
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_custom_plan set work_mem = '16MB' as $$
declare
  v_first timestamp;
  v_last timestamp;
begin
  if cardinality(p_plan.raw_ranges) > 0 then
    select min(f.since), max(f.until) into v_first, v_last from unnest(p_plan.raw_ranges) f;
    if v_first >= private.packed_before() then
      return query
        select date_bin(make_interval(mins => p_minutes), r."dtRegistro", timestamp '2000-01-01'),
               count(*)::integer, sum(private.summable(r."nrValor")), min(r."nrValor"), max(r."nrValor")
        from unnest(p_plan.raw_ranges) f
        join private.value_rows() r
          on r."cdSensor" = p_sensor and r."dtRegistro" >= f.since and r."dtRegistro" < f.until
        where r."dtRegistro" >= v_first and r."dtRegistro" < v_last
          and r."nrValor" is not null and r."nrQualidade" < 2
          and (f."cdCliente" is null or r."cdCliente" = f."cdCliente")
        group by 1;
    else
      return query
        select date_bin(make_interval(mins => p_minutes), r."dtRegistro", timestamp '2000-01-01'),
               count(*)::integer, sum(private.summable(r."nrValor")), min(r."nrValor"), max(r."nrValor")
        from unnest(p_plan.raw_ranges) f
        cross join lateral private.values_between(p_sensor, f.since, f.until) r
        where r."dtRegistro" >= v_first and r."dtRegistro" < v_last
          and r."nrValor" is not null and r."nrQualidade" < 2
          and (f."cdCliente" is null or r."cdCliente" = f."cdCliente")
        group by 1;
    end if;
  end if;
  if p_plan.is_packed then
    return query
      select u."dtBucket", u."nrQtd", u."nrSoma", u."nrMin", u."nrMax"
      from private.unpacked_buckets(p_minutes, p_plan.since, p_plan.until) u
      where u."cdSensor" = p_sensor and u."dtBucket" >= p_plan.since and u."dtBucket" < p_plan.until
        and (p_plan.dirty is null
          or date_trunc('hour', u."dtBucket") not in (select f.since from unnest(p_plan.dirty) f)
          or u."dtBucket" < private.raw_expired_before(u."cdCliente", u."cdSensor"));
  end if;
end
$$;
comment on function private.other_buckets is
  'Buckets of one sensor that are made of the values, or packed.';
revoke all on function private.other_buckets from public;
grant execute on function private.other_buckets to authenticated, service_role;
