alter table public."TbEnderecoVinculo" add foreign key ("cdEndereco")
  references public."TbEndereco" on delete cascade;
alter table public."TbEnderecoVinculo" add foreign key ("cdCliente") references public."TbCliente";
