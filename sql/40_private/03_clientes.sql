-- What policies compare cdCliente with. Wrapped in (select …) there, so that it runs once per statement.
create function private.clientes_visiveis() returns integer[]
language sql stable security definer set search_path = '' as $$
  select case when 'read' = any (c."dsPermissoes") then c."cdClientes" else '{}' end from private.chamador() c
$$;
comment on function private.clientes_visiveis() is 'Clients whose rows the caller may read.';
revoke all on function private.clientes_visiveis() from public;
grant execute on function private.clientes_visiveis() to authenticated, service_role;

create function private.clientes_administrados() returns integer[]
language sql stable security definer set search_path = '' as $$
  select case when 'admin' = any (c."dsPermissoes") then c."cdClientes" else '{}' end from private.chamador() c
$$;
comment on function private.clientes_administrados() is 'Clients whose rows the caller may change.';
revoke all on function private.clientes_administrados() from public;
grant execute on function private.clientes_administrados() to authenticated, service_role;

create function private.eh_servico() returns boolean
language sql stable security definer set search_path = '' as $$
  select coalesce(c."blServico", false) from private.chamador() c
$$;
comment on function private.eh_servico() is 'The caller acts for every client.';
revoke all on function private.eh_servico() from public;
grant execute on function private.eh_servico() to authenticated, service_role;
