-- For policies on rows that belong to a product.
-- Security definer: it runs once per statement and does not depend on the policies of TbProduto.
create function private.managed_products() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p."cdProduto" from public."TbProduto" p
  where p."cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service())
$$;
comment on function private.managed_products is 'Products whose rows the caller may change.';
revoke all on function private.managed_products from public;
grant execute on function private.managed_products to authenticated;
