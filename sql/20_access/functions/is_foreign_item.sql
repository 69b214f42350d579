-- Pointing one's own row at an item of another client would show that item. One without a client and without
-- a product is free; one that does not exist is refused as another's is, so that nobody learns which exist.
-- Called by policies and, for each row, by the trigger on sensors: in plpgsql, as that keeps its plans.
-- Security definer: looks at rows of clients that the caller may not see.
create function private.is_foreign_item(p_item integer) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  return coalesce((
    select not bool_or(coalesce(d."cdCliente" = any ((select private.visible_clients())::integer[]), false))
    from (
      select p."cdCliente" from public."TbProdutoItemJoinTable" j
      join public."TbProduto" p on p."cdProduto" = j."cdProduto"
      where j."cdProdutoItem" = p_item
      union all
      select i."cdCliente" from public."TbProdutoItem" i
      where i."cdProdutoItem" = p_item and i."cdCliente" is not null
    ) d), not exists (select from public."TbProdutoItem" i where i."cdProdutoItem" = p_item))
    and p_item is not null and not private.is_service();
end
$$;
comment on function private.is_foreign_item is
  'The product item belongs to other clients and their products only.';
revoke all on function private.is_foreign_item from public;
grant execute on function private.is_foreign_item to authenticated;
