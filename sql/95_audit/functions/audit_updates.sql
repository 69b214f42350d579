-- Rows that were changed: see private.write_audit_entries. PostgreSQL adds to both transition tables row by
-- row, so that both have the same order. Trigger function.
-- Security definer: nobody has rights to write TbAuditoria.
create function private.audit_updates() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.write_audit_entries(
    tg_table_name, 'update',
    array(select to_jsonb(o) from old_rows o), array(select to_jsonb(n) from new_rows n));
  return null;
end
$$;
comment on function private.audit_updates is 'Writes the audit log of rows that were changed.';
revoke all on function private.audit_updates from public;
