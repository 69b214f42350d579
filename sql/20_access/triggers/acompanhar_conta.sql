-- On a table of Supabase Auth: we may put a trigger there, but not a comment.
create trigger acompanhar_conta after update of deleted_at, banned_until on auth.users
  for each row when (new.deleted_at is not null and old.deleted_at is null
                     or new.banned_until > now() and new.banned_until is distinct from old.banned_until)
  execute function private.follow_account();
