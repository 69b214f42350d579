-- Of all triggers on TbCliente it fires last, as the entries of the others are sealed too: those of rows come
-- before those of statements, and these in order of names.
create trigger "TbCliente_selo" after delete on public."TbCliente" referencing old table as changed_rows
  for each statement execute function private.seal_audit_of_client();
comment on trigger "TbCliente_selo" on public."TbCliente" is 'Hides the audit log of deleted clients.';
