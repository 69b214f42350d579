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
