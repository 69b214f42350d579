-- Which columns an admin may set: those that are granted, so that the REST API of Supabase and the functions
-- here have one rule. Not among them: the key, the time of registration, the source of an address, and what
-- PostgreSQL computes. A view has none.
-- Who may call it: the API roles, for private.given_columns.
create function private.writable_columns(p_kind private.entity_kind) returns text[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select a.attname::text
    from pg_catalog.pg_attribute a
    where a.attrelid = format('public.%I', p_kind.table_name)::regclass
      and p_kind.is_writable
      and a.attnum > 0 and not a.attisdropped
      and has_column_privilege('authenticated', a.attrelid, a.attnum, 'insert'))
$$;
comment on function private.writable_columns is 'Columns of a registry table that an admin may set.';
revoke all on function private.writable_columns from public;
grant execute on function private.writable_columns to authenticated, service_role;
