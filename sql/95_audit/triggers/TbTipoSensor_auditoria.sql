create trigger "TbTipoSensor_auditoria" after insert or update or delete on public."TbTipoSensor"
  for each row execute function private.write_audit_entry();
comment on trigger "TbTipoSensor_auditoria" on public."TbTipoSensor" is 'Writes TbAuditoria.';
