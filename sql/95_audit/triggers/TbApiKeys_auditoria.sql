create trigger "TbApiKeys_auditoria" after insert or update or delete on public."TbApiKeys"
  for each row execute function private.write_audit_entry();
comment on trigger "TbApiKeys_auditoria" on public."TbApiKeys" is 'Writes TbAuditoria.';
