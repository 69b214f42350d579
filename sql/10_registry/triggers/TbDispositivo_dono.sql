-- after: who may not move it at all is told so first
create trigger "TbDispositivo_dono" after update of "cdCliente" on public."TbDispositivo"
  for each row when (new."cdCliente" is distinct from old."cdCliente" and new."cdCliente" is not null)
  execute function private.refuse_former_owner_assets();
comment on trigger "TbDispositivo_dono" on public."TbDispositivo" is 'A device that moves leaves site and product of its old owner behind.';
