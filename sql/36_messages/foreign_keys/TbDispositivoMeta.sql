alter table public."TbDispositivoMeta" add foreign key ("cdDispositivo")
  references public."TbDispositivo" on delete cascade;
