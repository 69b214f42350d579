create trigger "TbProdutoItem_auditoria" after insert or update or delete on public."TbProdutoItem"
  for each row execute function private.write_audit_entry();
comment on trigger "TbProdutoItem_auditoria" on public."TbProdutoItem" is 'Writes TbAuditoria.';
