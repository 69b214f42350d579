-- After, not before: a caller who may not move the device at all gets that error first.
create trigger "TbDispositivo_dono" after update of "cdCliente" on public."TbDispositivo"
  for each row when (new."cdCliente" is distinct from old."cdCliente" and new."cdCliente" is not null)
  execute function private.refuse_former_owner_assets();
comment on trigger "TbDispositivo_dono" on public."TbDispositivo" is
  'A device that moves to another client leaves the site and product of the old one behind.';
