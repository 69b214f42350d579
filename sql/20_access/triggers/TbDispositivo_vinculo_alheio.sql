create trigger "TbDispositivo_vinculo_alheio" before insert or update of "cdDestinatario", "cdProduto"
  on public."TbDispositivo"
  for each row execute function private.refuse_foreign_reference('cdDestinatario', 'cdProduto');
comment on trigger "TbDispositivo_vinculo_alheio" on public."TbDispositivo" is
  'Refuses sites and products of other clients.';
