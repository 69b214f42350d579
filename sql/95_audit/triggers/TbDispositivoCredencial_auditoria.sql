create trigger "TbDispositivoCredencial_auditoria" after insert or update or delete
  on public."TbDispositivoCredencial"
  for each row execute function private.write_audit_entry();
comment on trigger "TbDispositivoCredencial_auditoria" on public."TbDispositivoCredencial" is
  'Writes TbAuditoria.';
