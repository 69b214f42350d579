alter table public."TbDispositivoLiberado" add foreign key ("cdDispositivo")
  references public."TbDispositivo" on delete cascade;
