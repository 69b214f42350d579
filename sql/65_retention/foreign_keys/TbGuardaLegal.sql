-- No cascade: what is held cannot be deleted.
alter table public."TbGuardaLegal" add foreign key ("cdCliente") references public."TbCliente",
  add foreign key ("cdDispositivo") references public."TbDispositivo";
