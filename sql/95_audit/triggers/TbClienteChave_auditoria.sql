create trigger "TbClienteChave_auditoria" after insert or update or delete on public."TbClienteChave"
  for each row execute function private.write_audit_entry();
comment on trigger "TbClienteChave_auditoria" on public."TbClienteChave" is 'Writes TbAuditoria.';
