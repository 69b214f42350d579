-- What policies on people and invitations compare cdCliente with: as private.managed_clients, but nothing for
-- keys. Wrapped in (select …) there, so that it runs once per statement.
-- Security definer: private.current_caller is not granted to API roles.
create function private.clients_of_people() returns integer[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
begin
  return case when v_caller."dsTipo" in ('user', 'service') and 'admin' = any (v_caller."dsPermissoes")
              then v_caller."cdClientes" else '{}' end;
end
$$;
comment on function private.clients_of_people is 'Clients whose people and invitations the caller manages.';
revoke all on function private.clients_of_people from public;
grant execute on function private.clients_of_people to authenticated, service_role;
