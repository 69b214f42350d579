-- After the change: the same statement may have given the item to another client.
create trigger "TbProdutoItem_anterior" after update of "dsNome", "nrPesoUnit", "nrAlt"
  on public."TbProdutoItem"
  for each row when ((old."dsNome", old."nrPesoUnit", old."nrAlt")
                     is distinct from (new."dsNome", new."nrPesoUnit", new."nrAlt"))
  execute function private.keep_former_item();
comment on trigger "TbProdutoItem_anterior" on public."TbProdutoItem" is 'Maintains TbProdutoItemAnterior.';
