-- Which devices a floor of TbRetencaoPiso is for: one device with a floor of its own, or (0) all that sent
-- something to the client and have none.
create function private.expiring_devices(p_client integer, p_device integer) returns integer[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select distinct v."cdDispositivo" from public."TbDispositivoVinculo" v
    where v."cdCliente" = p_client
      and case when p_device <> 0 then v."cdDispositivo" = p_device
               else not exists (
                 select from private."TbRetencaoPiso" f
                 where f."cdCliente" = p_client and f."cdDispositivo" = v."cdDispositivo") end)
$$;
comment on function private.expiring_devices is 'The devices that a floor of a client is for.';
revoke all on function private.expiring_devices from public;
