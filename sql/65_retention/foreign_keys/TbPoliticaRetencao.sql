alter table public."TbPoliticaRetencao" add foreign key ("cdCliente")
  references public."TbCliente" on delete cascade;
