alter table public."TbDispositivoCredencial" add foreign key ("cdDispositivo")
  references public."TbDispositivo" on delete cascade;
