-- For the functions by which admins manage what their clients keep.
-- Raises PT401, PT403 FORBIDDEN, PT404 NOT_FOUND (not a client the caller acts for), PT429.
create function private.require_managed_client(p_client integer) returns private.identity
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
begin
  perform private.require_client(v_caller, p_client);
  return v_caller;
end
$$;
comment on function private.require_managed_client is
  'The caller, if it manages this client; raises PT401, PT403, PT404 or PT429 otherwise.';
revoke all on function private.require_managed_client from public;
