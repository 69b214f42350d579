-- Stock-taking is everyday work of a client's people, whatever their role; an API key needs the permission
-- admin, and a tracker may not do it.
-- Security definer: the caller has no rights on the tables it is identified by.
-- Who may call it: every API role, as the policies run as their caller.
create function private.inventory_clients() returns integer[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
begin
  return case
    when v_caller."dsTipo" in ('user', 'service') or 'admin' = any (v_caller."dsPermissoes")
      then v_caller."cdClientes"
    else '{}'
  end;
end
$$;
comment on function private.inventory_clients is 'Clients whose stock the caller may count.';
revoke all on function private.inventory_clients from public;
grant execute on function private.inventory_clients to authenticated, service_role;
