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
