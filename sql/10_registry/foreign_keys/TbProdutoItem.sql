alter table public."TbProdutoItem" add foreign key ("cdCliente") references public."TbCliente";
