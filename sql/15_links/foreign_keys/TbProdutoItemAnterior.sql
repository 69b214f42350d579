alter table private."TbProdutoItemAnterior" add foreign key ("cdProdutoItem")
  references public."TbProdutoItem" on delete cascade;
alter table private."TbProdutoItemAnterior" add foreign key ("cdCliente")
  references public."TbCliente" on delete cascade;
