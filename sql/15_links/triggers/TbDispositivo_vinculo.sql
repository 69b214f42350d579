create trigger "TbDispositivo_vinculo" after insert or update of "cdCliente", "cdDestinatario"
  on public."TbDispositivo"
  for each row execute function private.record_device_link();
comment on trigger "TbDispositivo_vinculo" on public."TbDispositivo" is 'Maintains TbDispositivoVinculo.';
