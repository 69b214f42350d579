-- Rows that were added or deleted: see private.write_audit_entries. Trigger function.
-- Security definer: nobody has rights to write TbAuditoria.
create function private.audit_rows() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_rows jsonb[] := array(select to_jsonb(r) from changed_rows r);
begin
  if tg_op = 'INSERT' then
    perform private.write_audit_entries(tg_table_name, 'insert', null, v_rows);
  else
    perform private.write_audit_entries(tg_table_name, 'delete', v_rows, null);
  end if;
  return null;
end
$$;
comment on function private.audit_rows is 'Writes the audit log of rows that were added or deleted.';
revoke all on function private.audit_rows from public;
