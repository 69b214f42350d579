alter table public."TbDestinatario" add foreign key ("cdCliente") references public."TbCliente";
alter table public."TbDestinatario" add foreign key ("cdEndereco") references public."TbEndereco";
