create trigger "TbSensor_vinculo_alheio" before insert or update of "cdProdutoItem" on public."TbSensor"
  for each row execute function private.refuse_foreign_reference('cdProdutoItem');
comment on trigger "TbSensor_vinculo_alheio" on public."TbSensor" is
  'Refuses product items of other clients.';
