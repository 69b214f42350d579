create trigger "TbDestinatario_auditoria" after insert or update or delete on public."TbDestinatario"
  for each row execute function private.write_audit_entry();
comment on trigger "TbDestinatario_auditoria" on public."TbDestinatario" is 'Writes TbAuditoria.';
