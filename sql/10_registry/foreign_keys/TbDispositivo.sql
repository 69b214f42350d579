alter table public."TbDispositivo" add foreign key ("cdDestinatario") references public."TbDestinatario";
alter table public."TbDispositivo" add foreign key ("cdProduto") references public."TbProduto";
alter table public."TbDispositivo" add foreign key ("cdCliente") references public."TbCliente";
