alter table public."TbProduto" add foreign key ("cdCliente") references public."TbCliente";
