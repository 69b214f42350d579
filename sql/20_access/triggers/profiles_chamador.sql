create trigger profiles_chamador after update or delete on public.profiles
  for each statement execute function private.forget_changed_caller();
comment on trigger profiles_chamador on public.profiles is
  'Who calls is looked up again after a change.';
