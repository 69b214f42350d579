-- Before the device is changed, so that the change of the sensors is in the audit log of the former owner.
create trigger "TbDispositivo_itens" before update of "cdCliente" on public."TbDispositivo"
  for each row when (new."cdCliente" is distinct from old."cdCliente" and new."cdCliente" is not null)
  execute function private.leave_items_of_sensors();
comment on trigger "TbDispositivo_itens" on public."TbDispositivo" is
  'The sensors of a device that moves to another client leave the items of the old one behind.';
