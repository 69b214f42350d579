alter table public."TbComandoAck" add foreign key ("cdDispositivo") references public."TbDispositivo";
alter table public."TbComandoAck" add foreign key ("cdCliente") references public."TbCliente";
