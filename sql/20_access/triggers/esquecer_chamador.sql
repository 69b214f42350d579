-- On a table of Supabase Auth: we may put a trigger there, but not a comment.
create trigger esquecer_chamador after update of deleted_at, banned_until or delete on auth.users
  for each statement execute function private.forget_changed_caller();
