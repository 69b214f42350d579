-- How a page cursor is read. Cursors are opaque to callers: base64 of the key of the last row of the page
-- before, its parts separated by commas (private.write_cursor). Each RPC gives the pattern of its own key and
-- casts the parts; p_long says which is a bigint, p_name the parameter that the text came by. Null for null:
-- the first page.
-- Parts that look like a time or an integer are checked to be one here, so that casting them cannot fail
-- later.
-- Who may call it: every API role, as the RPCs run as their caller.
-- Raises PT400 INVALID_PARAMETER for a text that was not returned as nextCursor.
create function private.read_cursor(p_text text, p_pattern text, p_long integer default 0,
  p_name text default 'cursor') returns text[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_parts text[];
begin
  if length(p_text) > 1000 then
    raise data_exception;
  end if;
  v_parts := regexp_match(convert_from(decode(p_text, 'base64'), 'UTF8'), p_pattern);
  if p_text is not null and v_parts is null then
    raise data_exception;
  end if;
  perform case when p ~ '^\d{4}-' then (p::timestamp)::text
    when p ~ '^-?\d+$' and n = p_long then (p::bigint)::text
    when p ~ '^-?\d+$' then (p::integer)::text end
  from unnest(v_parts) with ordinality u(p, n);
  return v_parts;
exception
  when data_exception then -- of every kind: invalid base64, UTF-8, date or integer
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('%s is not valid: send next%s of the previous page', p_name, initcap(p_name));
end
$$;
comment on function private.read_cursor is 'The parts of a page cursor; null for the first page.';
revoke all on function private.read_cursor from public;
grant execute on function private.read_cursor to authenticated, service_role;
