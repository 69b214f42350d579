-- Of a new device, the policy sees to it: once for a statement, not for each row.
create trigger "TbDispositivo_vinculo_alheio" before update of "cdDestinatario", "cdProduto"
  on public."TbDispositivo"
  for each row execute function private.refuse_foreign_reference('cdDestinatario', 'cdProduto');
comment on trigger "TbDispositivo_vinculo_alheio" on public."TbDispositivo" is
  'Refuses sites and products of other clients when a device changes.';
