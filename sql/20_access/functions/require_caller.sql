-- The caller, who must be known. Raises PT401 UNAUTHORIZED: missing or invalid credentials.
create function private.require_caller() returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
begin
  if v_caller."dsTipo" is null then
    raise sqlstate 'PT401' using message = 'Missing or invalid credentials', hint = 'UNAUTHORIZED',
      detail = 'Send a valid bearer token or an active X-API-Key.';
  end if;
  return v_caller;
end
$$;
comment on function private.require_caller is 'The caller; raises PT401 when unknown.';
revoke all on function private.require_caller from public;
