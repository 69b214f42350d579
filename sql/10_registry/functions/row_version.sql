-- By which its reader can tell later whether it still is the same. Made here only: what carries JSON may write it in another way.
create function private.row_version(p_row jsonb) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select md5(p_row::text)
$$;
comment on function private.row_version is 'The version of a row as it is told.';
revoke all on function private.row_version from public;
grant execute on function private.row_version to authenticated, service_role;
