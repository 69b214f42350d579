create trigger "TbSensor_auditoria" after insert or update or delete on public."TbSensor"
  for each row execute function private.write_audit_entry();
comment on trigger "TbSensor_auditoria" on public."TbSensor" is 'Writes TbAuditoria.';
