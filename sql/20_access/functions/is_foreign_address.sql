-- Pointing a row of one's own at an address or item of another client would show it. One that is nobody's and that nobody uses is free.
create function private.is_foreign_address(p_address integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not private.is_service() and exists (
    select from public."TbDestinatario" t
    where t."cdEndereco" = p_address
      and not coalesce(t."cdCliente" = any ((select private.managed_clients())::integer[]), false)
    union all
    select from public."TbEnderecoVinculo" v
    where v."cdEndereco" = p_address
      and not v."cdCliente" = any ((select private.managed_clients())::integer[])
    union all
    select from public."TbEndereco" e
    where e."cdEndereco" = p_address and not e."cdCliente" = any ((select private.managed_clients())::integer[])
    union all -- what was found for a cell of the map may be shown to others tomorrow
    select from private."TbGeocodificacao" g where g."cdEndereco" = p_address)
$$;
comment on function private.is_foreign_address is
  'The address is of a client that the caller does not manage, a site or report of one is at it, or the map has it.';
revoke all on function private.is_foreign_address from public;
grant execute on function private.is_foreign_address to authenticated;
