alter table public."TbClienteChave" add foreign key ("cdCliente") references public."TbCliente";
