-- On a table of Supabase Auth: we may put a trigger there, but not a comment.
create trigger criar_perfil after insert on auth.users
  for each row execute function private.create_profile();
