alter table public."TbProdutoItemJoinTable" add foreign key ("cdProdutoItem")
  references public."TbProdutoItem";
alter table public."TbProdutoItemJoinTable" add foreign key ("cdProduto") references public."TbProduto";
