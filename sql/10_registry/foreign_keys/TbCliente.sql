alter table public."TbCliente" add foreign key ("cdClientePai") references public."TbCliente";
