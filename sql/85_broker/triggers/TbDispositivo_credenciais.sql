-- Before the device is changed, so that the audit log of the former owner says what ended.
create trigger "TbDispositivo_credenciais" before update of "cdCliente" on public."TbDispositivo"
  for each row when (new."cdCliente" is distinct from old."cdCliente")
  execute function private.end_device_logins();
comment on trigger "TbDispositivo_credenciais" on public."TbDispositivo" is
  'A device that moves to another client loses its logins at the MQTT broker.';
