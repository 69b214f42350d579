create trigger "TbSensorRegistro_escrita" instead of insert or update or delete on public."TbSensorRegistro"
  for each row execute function private.write_value();
comment on trigger "TbSensorRegistro_escrita" on public."TbSensorRegistro" is
  'Lets the owner write to the view.';
