alter table inventario.armazem add foreign key ("cdCliente") references public."TbCliente";
