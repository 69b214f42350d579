create trigger "TbImagens_auditoria" after insert or update or delete on public."TbImagens"
  for each row execute function private.write_audit_entry();
comment on trigger "TbImagens_auditoria" on public."TbImagens" is 'Writes TbAuditoria.';
