-- What policies compare cdCliente with for reading. Wrapped in (select …) there, so that it runs once per
-- statement.
-- Security definer: private.current_caller is not granted to API roles.
create function private.visible_clients() returns integer[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.current_caller();
begin
  return case when 'read' = any (v_caller."dsPermissoes") then v_caller."cdClientes" else '{}' end;
end
$$;
comment on function private.visible_clients is 'Clients whose rows the caller may read.';
revoke all on function private.visible_clients from public;
grant execute on function private.visible_clients to authenticated, service_role;
