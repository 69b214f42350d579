create trigger profiles_auditoria after update or delete on public.profiles
  for each row execute function private.write_audit_entry();
comment on trigger profiles_auditoria on public.profiles is 'Writes TbAuditoria.';
