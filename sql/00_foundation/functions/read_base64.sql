-- For payloads that could not be read. Text that is not base64 is kept as it came, so that nothing is lost.
create function private.read_base64(p_text text) returns bytea
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when p_text ~ '^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$' then decode(p_text, 'base64')
    else convert_to(p_text, 'UTF8')
  end
$$;
comment on function private.read_base64 is
  'The bytes of a base64 text; the text''s own bytes when it is not base64.';
revoke all on function private.read_base64 from public;
