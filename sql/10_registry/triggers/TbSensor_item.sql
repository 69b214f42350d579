create trigger "TbSensor_item" before update of "cdDispositivo" on public."TbSensor"
  for each row when (new."cdDispositivo" <> old."cdDispositivo"
                     and new."cdProdutoItem" = old."cdProdutoItem")
  execute function private.leave_item_of_sensor();
comment on trigger "TbSensor_item" on public."TbSensor" is
  'A sensor that moves to a device of another client leaves the item of the old one behind.';
