-- An item may be changed only by whoever manages all products that have it; a caller that manages no client
-- changes none. Called by policies on TbProdutoItem.
-- Security definer: looks at products of clients that the caller may not see.
create function private.is_shared_item(p_item integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select not private.is_service() and (
    (select private.managed_clients())::integer[] = '{}' or exists (
      select from public."TbProdutoItemJoinTable" j
      join public."TbProduto" p on p."cdProduto" = j."cdProduto"
      where j."cdProdutoItem" = p_item
        and not coalesce(p."cdCliente" = any ((select private.managed_clients())::integer[]), false)))
$$;
comment on function private.is_shared_item is
  'A product that the caller does not manage has this item, or the caller manages none.';
revoke all on function private.is_shared_item from public;
grant execute on function private.is_shared_item to authenticated, service_role;
