create trigger "TbProdutoItemJoinTable_auditoria" after insert or update or delete
  on public."TbProdutoItemJoinTable"
  for each row execute function private.write_audit_entry();
comment on trigger "TbProdutoItemJoinTable_auditoria" on public."TbProdutoItemJoinTable" is
  'Writes TbAuditoria.';
