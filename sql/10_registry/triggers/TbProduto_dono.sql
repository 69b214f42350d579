-- After, not before: a caller who may not move it at all gets that error first.
create trigger "TbProduto_dono" after update of "cdCliente" on public."TbProduto"
  for each row when (new."cdCliente" is distinct from old."cdCliente" and new."cdCliente" is not null)
  execute function private.refuse_assets_in_use('cdProduto');
comment on trigger "TbProduto_dono" on public."TbProduto" is
  'What devices of a client use does not move to another client.';
