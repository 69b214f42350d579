-- After, not before: a caller who may not move it at all gets that error first.
create trigger "TbProdutoItem_dono" after update of "cdCliente" on public."TbProdutoItem"
  for each row when (new."cdCliente" is distinct from old."cdCliente" and new."cdCliente" is not null)
  execute function private.refuse_assets_in_use('cdProdutoItem');
comment on trigger "TbProdutoItem_dono" on public."TbProdutoItem" is
  'What devices of a client use does not move to another client.';
