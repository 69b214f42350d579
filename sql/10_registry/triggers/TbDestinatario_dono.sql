-- After, not before: a caller who may not move it at all gets that error first.
create trigger "TbDestinatario_dono" after update of "cdCliente" on public."TbDestinatario"
  for each row when (new."cdCliente" is distinct from old."cdCliente" and new."cdCliente" is not null)
  execute function private.refuse_assets_in_use('cdDestinatario');
comment on trigger "TbDestinatario_dono" on public."TbDestinatario" is
  'What devices of a client use does not move to another client.';
