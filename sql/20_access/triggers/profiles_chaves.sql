create trigger profiles_chaves after update of id, "cdCliente", role or delete on public.profiles
  for each row execute function private.end_keys_of_person();
comment on trigger profiles_chaves on public.profiles is 'Keys end with their owner''s membership.';
