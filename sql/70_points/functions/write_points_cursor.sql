create function private.write_points_cursor(p_agg text, p_after timestamp) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select translate(encode(convert_to(p_agg || ',' || p_after, 'UTF8'), 'base64'), E'\n', '')
$$;
comment on function private.write_points_cursor is 'The cursor behind this time.';
revoke all on function private.write_points_cursor from public;
grant execute on function private.write_points_cursor to authenticated, service_role;
