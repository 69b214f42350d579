-- Addresses that the geocoding job stores are not changes made by people.
create trigger "TbEndereco_auditoria" after insert or update or delete on public."TbEndereco"
  for each row when (session_user not in ('rastro_manutencao', 'rastro_manutencao_2'))
  execute function private.write_audit_entry();
comment on trigger "TbEndereco_auditoria" on public."TbEndereco" is 'Writes TbAuditoria.';
