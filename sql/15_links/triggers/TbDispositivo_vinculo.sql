create trigger "TbDispositivo_vinculo" after update of "cdCliente", "cdDestinatario"
  on public."TbDispositivo"
  for each row execute function private.record_device_link();
comment on trigger "TbDispositivo_vinculo" on public."TbDispositivo" is
  'Maintains TbDispositivoVinculo for devices that change.';
