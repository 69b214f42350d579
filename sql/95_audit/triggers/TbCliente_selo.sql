-- Of all triggers on TbCliente it fires last, as the entries of the others are sealed too: in order of names.
create trigger "TbCliente_selo" after delete on public."TbCliente"
  for each row execute function private.seal_audit_of_client();
comment on trigger "TbCliente_selo" on public."TbCliente" is 'Hides the audit log of a deleted client.';
