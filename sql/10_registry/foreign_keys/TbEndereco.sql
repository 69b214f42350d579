alter table public."TbEndereco" add foreign key ("cdCliente") references public."TbCliente";
