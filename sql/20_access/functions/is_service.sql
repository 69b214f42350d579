-- For policies and functions that make an exception for the service. Who may call it: the API roles.
-- Security definer: private.current_caller is not granted to API roles.
create function private.is_service() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
begin
  return coalesce(v_caller.is_service and 'admin' = any (v_caller."dsPermissoes"), false);
end
$$;
comment on function private.is_service is 'The caller acts for every client and may manage them.';
revoke all on function private.is_service from public;
grant execute on function private.is_service to authenticated, service_role;
