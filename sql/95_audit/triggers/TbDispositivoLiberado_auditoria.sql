create trigger "TbDispositivoLiberado_auditoria" after insert or update or delete
  on public."TbDispositivoLiberado"
  for each row execute function private.write_audit_entry();
comment on trigger "TbDispositivoLiberado_auditoria" on public."TbDispositivoLiberado" is
  'Writes TbAuditoria.';
