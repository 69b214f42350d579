alter table public."TbSensor" add foreign key ("cdDispositivo") references public."TbDispositivo";
alter table public."TbSensor" add foreign key ("cdProdutoItem") references public."TbProdutoItem";
alter table public."TbSensor" add foreign key ("cdTipoSensor") references public."TbTipoSensor";
