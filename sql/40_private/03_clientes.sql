-- What policies compare cdCliente with. Wrapped in (select …) there, so that it runs once per statement.
create function private.clientes_visiveis() returns integer[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.chamador();
begin
  return case when 'read' = any (v_chamador."dsPermissoes") then v_chamador."cdClientes" else '{}' end;
end
$$;
comment on function private.clientes_visiveis() is 'Clients whose rows the caller may read.';
revoke all on function private.clientes_visiveis() from public;
grant execute on function private.clientes_visiveis() to authenticated, service_role;

create function private.clientes_administrados() returns integer[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.chamador();
begin
  return case when 'admin' = any (v_chamador."dsPermissoes") then v_chamador."cdClientes" else '{}' end;
end
$$;
comment on function private.clientes_administrados() is 'Clients whose rows the caller may change.';
revoke all on function private.clientes_administrados() from public;
grant execute on function private.clientes_administrados() to authenticated, service_role;

create function private.eh_servico() returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.chamador();
begin
  return coalesce(v_chamador."blServico" and 'admin' = any (v_chamador."dsPermissoes"), false);
end
$$;
comment on function private.eh_servico() is 'The caller acts for every client and may manage them.';
revoke all on function private.eh_servico() from public;
grant execute on function private.eh_servico() to authenticated, service_role;

create function private.usuario_atual() returns uuid
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.chamador();
begin
  return case when v_chamador."dsTipo" = 'user' then substring(v_chamador."dsChamador" from 6)::uuid end;
end
$$;
comment on function private.usuario_atual() is 'The person who calls; null for keys and for people without a profile.';
revoke all on function private.usuario_atual() from public;
grant execute on function private.usuario_atual() to authenticated, service_role;

-- Counting stock is everyday work of a client's people, whatever their role; a key needs the permission admin, a tracker counts nothing.
create function private.clientes_do_inventario() returns integer[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.chamador();
begin
  return case when v_chamador."dsTipo" in ('user', 'service') or 'admin' = any (v_chamador."dsPermissoes") then v_chamador."cdClientes" else '{}' end;
end
$$;
comment on function private.clientes_do_inventario() is 'Clients whose stock the caller may count.';
revoke all on function private.clientes_do_inventario() from public;
grant execute on function private.clientes_do_inventario() to authenticated, service_role;
