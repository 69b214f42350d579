alter table public."TbIngestaoErro" add foreign key ("cdCliente")
  references public."TbCliente" on delete cascade;
