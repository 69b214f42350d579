-- Links an item to a product, or removes the link; returns the pair. A link that already exists is left as it
-- is.
-- p_bl_vinculo  true: link; false: remove the link
-- Who: callers with the permission admin; row-level security decides for which products and items.
-- Raises PT404 NOT_FOUND (no such product, item or link; also one that the caller does not see), 42501 for
-- what the caller sees but does not manage.
create function public.vincular_item(
  p_cd_produto integer, p_cd_produto_item integer, p_bl_vinculo boolean default true
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_permission('admin');
  if p_bl_vinculo then
    insert into public."TbProdutoItemJoinTable" ("cdProduto", "cdProdutoItem")
    values (p_cd_produto, p_cd_produto_item)
    on conflict do nothing;
  else
    delete from public."TbProdutoItemJoinTable" j
    where j."cdProduto" = p_cd_produto and j."cdProdutoItem" = p_cd_produto_item;
    if not found then
      raise sqlstate 'PT404' using message = 'The product does not have this item', hint = 'NOT_FOUND';
    end if;
  end if;
  return jsonb_build_object('cdProduto', p_cd_produto, 'cdProdutoItem', p_cd_produto_item);
exception when foreign_key_violation or insufficient_privilege then
  if exists (select from public."TbProduto" p where p."cdProduto" = p_cd_produto)
     and exists (select from public."TbProdutoItem" i where i."cdProdutoItem" = p_cd_produto_item) then
    raise;
  end if;
  raise sqlstate 'PT404' using message = 'Product or item not found', hint = 'NOT_FOUND';
end
$$;
comment on function public.vincular_item is 'Links an item to a product, or removes the link.';
revoke all on function public.vincular_item from public;
grant execute on function public.vincular_item to authenticated, service_role;
