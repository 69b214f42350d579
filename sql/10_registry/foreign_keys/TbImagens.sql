alter table public."TbImagens" add foreign key ("cdProduto") references public."TbProduto";
