alter table public."TbQuarentena" add foreign key ("cdCliente")
  references public."TbCliente" on delete cascade;
