create trigger "TbDestinatario_vinculo_alheio" before insert or update of "cdEndereco"
  on public."TbDestinatario"
  for each row execute function private.refuse_foreign_reference('cdEndereco');
comment on trigger "TbDestinatario_vinculo_alheio" on public."TbDestinatario" is
  'Refuses addresses of other clients.';
