-- A condition on t: the row is still the version that the caller read. $3 is that version, null for any.
-- Who may call it: the API roles, for the functions that write the registry.
create function private.version_condition() returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select '($3 is null or private.row_version(private.describe_row(t)) = $3)'
$$;
comment on function private.version_condition is
  'An SQL condition that selects the row only in the version that the caller read.';
revoke all on function private.version_condition from public;
grant execute on function private.version_condition to authenticated, service_role;
