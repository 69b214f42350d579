alter table private."TbGeocodificacao" add foreign key ("cdEndereco")
  references public."TbEndereco" on delete cascade;
