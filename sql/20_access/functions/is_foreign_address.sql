-- Pointing one's own row at an address of another client would show that address. One that belongs to nobody
-- and that nobody uses is free; one that does not exist is refused as another's is.
-- Called by policies and by the trigger on sites.
-- Security definer: looks at rows of clients that the caller may not see.
create function private.is_foreign_address(p_address integer) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return exists (
    select from public."TbDestinatario" t
    where t."cdEndereco" = p_address
      and not coalesce(t."cdCliente" = any ((select private.managed_clients())::integer[]), false)
    union all
    select from public."TbEnderecoVinculo" v
    where v."cdEndereco" = p_address
      and not v."cdCliente" = any ((select private.managed_clients())::integer[])
    union all
    select from public."TbEndereco" e
    where e."cdEndereco" = p_address
      and not e."cdCliente" = any ((select private.managed_clients())::integer[])
    union all
    select where p_address is not null and not exists (
      select from public."TbEndereco" e where e."cdEndereco" = p_address)
    union all -- the address of a map cell may be shown to other clients tomorrow
    select from private."TbGeocodificacao" g where g."cdEndereco" = p_address) and not private.is_service();
end
$$;
comment on function private.is_foreign_address is
  'The address is used by a client the caller does not manage, or by geocoding.';
revoke all on function private.is_foreign_address from public;
grant execute on function private.is_foreign_address to authenticated;
