create trigger "TbProduto_auditoria" after insert or update or delete on public."TbProduto"
  for each row execute function private.write_audit_entry();
comment on trigger "TbProduto_auditoria" on public."TbProduto" is 'Writes TbAuditoria.';
