-- Gives back the space of partitions of a rollup that were emptied by packing, at the beginning of a day: so
-- whoever reads by a snapshot of before they were emptied has long ended. A partition in use waits for the
-- next day. Part of private.pack_rollups.
-- p_name     table of the rollup
-- p_before   only months that are older
create function private.truncate_emptied(p_name text, p_before timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '50ms' as $$
declare
  v_partition regclass;
  v_has_row boolean;
begin
  for v_partition in
    select c.oid::regclass from pg_class c
    where c.relnamespace = 'particoes'::regnamespace and c.relkind = 'r'
      and c.relname ~ format('^%s_\d', p_name) and pg_total_relation_size(c.oid) > 65536
      and private.partition_month(c.relname) + interval '1 month' <= p_before
    order by c.relname
  loop
    begin
      execute format('select exists (select from %s)', v_partition) into v_has_row;
      if not v_has_row then
        execute format('truncate %s', v_partition);
      end if;
    exception when lock_not_available then
      null; -- in use
    end;
  end loop;
end
$$;
comment on function private.truncate_emptied is
  'Gives back the space of partitions of a rollup that packing has emptied.';
revoke all on function private.truncate_emptied from public;
