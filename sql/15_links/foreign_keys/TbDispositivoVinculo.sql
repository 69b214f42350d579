alter table public."TbDispositivoVinculo" add foreign key ("cdDispositivo")
  references public."TbDispositivo" on delete cascade;
alter table public."TbDispositivoVinculo" add foreign key ("cdCliente") references public."TbCliente";
alter table public."TbDispositivoVinculo" add foreign key ("cdDestinatario")
  references public."TbDestinatario";
