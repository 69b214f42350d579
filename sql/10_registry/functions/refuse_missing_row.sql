-- Why no row was changed or deleted: it has changed since it was read, the caller sees it but may not change
-- it, or for the caller there is none.
-- p_version   the version that the caller read; null for any
-- Who may call it: the API roles, for the functions that write the registry.
-- Raises PT412 PRECONDITION_FAILED, PT403 FORBIDDEN, PT404 NOT_FOUND.
create function private.refuse_missing_row(p_kind private.entity_kind, p_code integer, p_version text)
returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_version text;
begin
  execute format('select private.row_version(private.describe_row(t)) from public.%I t where t.%I = $1',
                 p_kind.table_name, p_kind.key)
  into v_version using p_code;
  if v_version <> p_version then
    raise sqlstate 'PT412' using message = 'The row has changed since it was read',
      hint = 'PRECONDITION_FAILED', detail = 'Read it again, and send its new ETag as If-Match.';
  elsif v_version is not null then
    raise sqlstate 'PT403' using message = 'You may read this row, but not change or delete it',
      hint = 'FORBIDDEN', detail = 'It does not belong to a client that you manage.';
  end if;
  raise sqlstate 'PT404' using message = 'The row does not exist, or you may not see it', hint = 'NOT_FOUND';
end
$$;
comment on function private.refuse_missing_row is 'Says why no row was changed: 403, 404 or 412.';
revoke all on function private.refuse_missing_row from public;
grant execute on function private.refuse_missing_row to authenticated, service_role;
