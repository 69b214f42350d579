-- An item belongs to its client and to those of the products that have it. Legacy items that belong to nobody
-- are free. Called by triggers, when a device or sensor comes to another client.
create function private.is_item_of_others(p_item integer, p_client integer) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select not bool_or(o.owner in (
    select d from public."TbCliente" c cross join unnest(array[c."cdCliente", c."cdClientePai"]) d
    where c."cdCliente" = p_client and d is not null))
  from (
    select i."cdCliente" as owner from public."TbProdutoItem" i where i."cdProdutoItem" = p_item
    union all
    select p."cdCliente" from public."TbProdutoItemJoinTable" j
    join public."TbProduto" p on p."cdProduto" = j."cdProduto"
    where j."cdProdutoItem" = p_item
  ) o
  where o.owner is not null
$$;
comment on function private.is_item_of_others is
  'The product item belongs to clients other than this one and its parent only; null if it is nobody''s.';
revoke all on function private.is_item_of_others from public;
