alter table public."TbSensorVinculo" add foreign key ("cdSensor")
  references public."TbSensor" on delete cascade;
alter table public."TbSensorVinculo" add foreign key ("cdDispositivo") references public."TbDispositivo";
alter table public."TbSensorVinculo" add foreign key ("cdProdutoItem") references public."TbProdutoItem";
