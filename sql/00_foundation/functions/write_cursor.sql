-- How a page cursor is written: base64 of the parts, separated by commas, a null as nothing. See
-- private.read_cursor.
-- Who may call it: every API role, as the RPCs run as their caller.
create function private.write_cursor(p_parts text[]) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select translate(encode(convert_to(array_to_string(p_parts, ',', ''), 'UTF8'), 'base64'), E'\n', '')
$$;
comment on function private.write_cursor is
  'A page cursor of these parts, the key of the last row of a page.';
revoke all on function private.write_cursor from public;
grant execute on function private.write_cursor to authenticated, service_role;
