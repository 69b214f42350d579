create trigger "TbDispositivo_novo" after insert on public."TbDispositivo"
  referencing new table as new_rows
  for each statement execute function private.record_new_devices();
comment on trigger "TbDispositivo_novo" on public."TbDispositivo" is
  'Maintains TbDispositivoVinculo for new devices.';
