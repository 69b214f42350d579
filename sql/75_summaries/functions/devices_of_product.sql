-- p_devices, p_client   null: all
-- Who may call it: every API role; row-level security decides which devices.
create function private.devices_of_product(p_product integer, p_devices integer[], p_client integer)
returns integer[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return array(
    select d."cdDispositivo" from public."TbDispositivo" d
    where d."cdProduto" = p_product and (p_client is null or d."cdCliente" = p_client)
      and (p_devices is null or d."cdDispositivo" = any (p_devices))
    order by 1);
end
$$;
comment on function private.devices_of_product is 'Visible devices of a product.';
revoke all on function private.devices_of_product from public;
grant execute on function private.devices_of_product to authenticated, service_role;
