create trigger "TbDispositivo_auditoria" after insert or update or delete on public."TbDispositivo"
  for each row execute function private.write_audit_entry();
comment on trigger "TbDispositivo_auditoria" on public."TbDispositivo" is 'Writes TbAuditoria.';
