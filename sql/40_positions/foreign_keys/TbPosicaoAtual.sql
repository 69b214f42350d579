alter table public."TbPosicaoAtual" add foreign key ("cdDispositivo")
  references public."TbDispositivo" on delete cascade;
alter table public."TbPosicaoAtual" add foreign key ("cdCliente") references public."TbCliente";
