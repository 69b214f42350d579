alter table public."TbTipoSensor" add foreign key ("cdCliente") references public."TbCliente";
