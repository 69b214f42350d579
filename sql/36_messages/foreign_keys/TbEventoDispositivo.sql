alter table public."TbEventoDispositivo" add foreign key ("cdDispositivo") references public."TbDispositivo";
alter table public."TbEventoDispositivo" add foreign key ("cdCliente") references public."TbCliente";
