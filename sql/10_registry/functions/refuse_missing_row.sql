-- Why no row was changed: it has changed since it was read, or the caller cannot change such a row.
-- Who may call it: the API roles, for the functions that write the registry.
-- Raises PT412 PRECONDITION_FAILED, PT404 NOT_FOUND.
create function private.refuse_missing_row(p_kind private.entity_kind, p_code integer, p_version text)
returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_exists boolean := false;
begin
  if p_version is not null then
    execute format('select exists (select from public.%I t where t.%I = $1)', p_kind.table_name, p_kind.key)
    into v_exists using p_code;
  end if;
  if v_exists then
    raise sqlstate 'PT412' using message = 'The row has changed since it was read, or you may not change it',
      hint = 'PRECONDITION_FAILED', detail = 'Read it again, and send its new ETag as If-Match.';
  end if;
  raise sqlstate 'PT404' using message = 'The row does not exist, or you may not see it', hint = 'NOT_FOUND';
end
$$;
comment on function private.refuse_missing_row is 'Says why no row was changed: 404 or 412.';
revoke all on function private.refuse_missing_row from public;
grant execute on function private.refuse_missing_row to authenticated, service_role;
