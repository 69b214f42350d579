-- Codes in one argument: as many as the API takes. Callers of PostgREST send as many as they like.
-- Who may call it: the API roles, as functions that read run as their caller. Raises PT400 INVALID_PARAMETER.
create function private.require_few(p_name text, p_list anyarray) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if cardinality(p_list) > 1000 then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('%s may name at most 1000', p_name);
  end if;
end
$$;
comment on function private.require_few is 'Raises PT400 when a list has more than 1,000 elements.';
revoke all on function private.require_few from public;
grant execute on function private.require_few to authenticated, service_role;
