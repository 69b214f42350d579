create trigger "TbSensor_ponto" before insert or update of "dsPonto" on public."TbSensor"
  for each row when (new."dsPonto" is not nfc normalized) execute function private.normalize_point();
comment on trigger "TbSensor_ponto" on public."TbSensor" is
  'Names of points are compared, and unique, in Unicode''s normal form C.';
