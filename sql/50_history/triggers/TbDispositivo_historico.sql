create trigger "TbDispositivo_historico" before delete on public."TbDispositivo"
  for each row execute function private.refuse_if_history('cdDispositivo');
comment on trigger "TbDispositivo_historico" on public."TbDispositivo" is
  'A device with history is retired, not deleted.';
