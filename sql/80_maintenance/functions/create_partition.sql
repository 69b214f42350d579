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
