create trigger "TbDispositivo_posicao_atual" after update of "cdCliente" on public."TbDispositivo"
  for each row when (new."cdCliente" is distinct from old."cdCliente")
  execute function private.renew_current_position();
comment on trigger "TbDispositivo_posicao_atual" on public."TbDispositivo" is
  'The current position of a device that moves is news to its owner.';
