-- Devices, products and addresses whose rows the caller may change. For policies; security definer, so that they run once
-- and do not depend on each other's policies.
create function private.dispositivos_administrados() returns setof integer
language sql stable security definer set search_path = '' as $$
  select d."cdDispositivo" from public."TbDispositivo" d where d."cdCliente" = any (private.clientes_administrados())
$$;
comment on function private.dispositivos_administrados() is 'Devices whose rows the caller may change.';
revoke all on function private.dispositivos_administrados() from public;
grant execute on function private.dispositivos_administrados() to authenticated;

create function private.produtos_administrados() returns setof integer
language sql stable security definer set search_path = '' as $$
  select p."cdProduto" from public."TbProduto" p where p."cdCliente" = any (private.clientes_administrados())
$$;
comment on function private.produtos_administrados() is 'Products whose rows the caller may change.';
revoke all on function private.produtos_administrados() from public;
grant execute on function private.produtos_administrados() to authenticated;

-- An address shared by sites of several clients belongs to none of them alone.
create function private.enderecos_administrados() returns setof integer
language sql stable security definer set search_path = '' as $$
  select t."cdEndereco" from public."TbDestinatario" t
  where t."cdEndereco" is not null
  group by t."cdEndereco"
  having coalesce(bool_and(t."cdCliente" = any (private.clientes_administrados())), false)
$$;
comment on function private.enderecos_administrados() is 'Addresses whose rows the caller may change.';
revoke all on function private.enderecos_administrados() from public;
grant execute on function private.enderecos_administrados() to authenticated;
