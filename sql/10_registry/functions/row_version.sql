-- The ETag by which a reader can tell later whether the row has changed. Computed here only: other programs
-- may write the same JSON differently. Who may call it: the API roles, for get_cadastros and the functions
-- that write.
create function private.row_version(p_row jsonb) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select md5(p_row::text)
$$;
comment on function private.row_version is 'The version of a row as it is returned.';
revoke all on function private.row_version from public;
grant execute on function private.row_version to authenticated, service_role;
