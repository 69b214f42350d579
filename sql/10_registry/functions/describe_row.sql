-- Columns that PostgreSQL computes from others for its indexes are left out.
-- Who may call it: the API roles, for get_cadastros and the functions that write.
create function private.describe_row(p_row anyelement) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_row) - '{geoPonto,geoCerca}'::text[]
$$;
comment on function private.describe_row is 'A row as it is returned.';
revoke all on function private.describe_row from public;
grant execute on function private.describe_row to authenticated, service_role;
