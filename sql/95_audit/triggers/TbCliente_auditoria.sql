create trigger "TbCliente_auditoria" after insert or update or delete on public."TbCliente"
  for each row execute function private.write_audit_entry();
comment on trigger "TbCliente_auditoria" on public."TbCliente" is 'Writes TbAuditoria.';
