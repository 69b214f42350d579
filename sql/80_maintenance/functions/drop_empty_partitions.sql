-- Maintenance step: drops empty partitions of months before the covered ones (nrMesesAtras). It waits for
-- nobody: a partition that is locked is left for the next run. Returns how many.
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
      null; -- in use; the next run tries again
    end;
  end loop;
  return v_dropped;
end
$$;
comment on function private.drop_empty_partitions is
  'Maintenance step: drops empty partitions of months that are no longer covered.';
revoke all on function private.drop_empty_partitions from public;
