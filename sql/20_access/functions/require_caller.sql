-- Whoever calls must be known. PT401 UNAUTHORIZED: no or bad credentials.
create function private.require_caller() returns private.identity
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
begin
  if v_caller."dsTipo" is null then
    raise sqlstate 'PT401' using message = 'No or bad credentials', hint = 'UNAUTHORIZED',
      detail = 'Send a valid bearer token or an active X-API-Key.';
  end if;
  return v_caller;
end
$$;
comment on function private.require_caller is 'The caller, or 401.';
revoke all on function private.require_caller from public;
