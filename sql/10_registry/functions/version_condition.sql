-- A condition on t: the row still is what the caller saw. $3 is the version, null when any will do.
create function private.version_condition() returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select '($3 is null or private.row_version(private.describe_row(t)) = $3)'
$$;
comment on function private.version_condition is 'A condition that selects the row only in the version that the caller saw.';
revoke all on function private.version_condition from public;
grant execute on function private.version_condition to authenticated, service_role;
