create trigger profiles_convites after update of id, "cdCliente", role or delete on public.profiles
  for each row execute function private.end_invitations_of_person();
comment on trigger profiles_convites on public.profiles is
  'Invitations end with the membership of those who know them.';
