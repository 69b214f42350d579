-- The transaction has changed people, keys or clients, perhaps the caller's own. Trigger function.
-- Security definer: runs as a trigger, whoever makes the change.
create function private.forget_changed_caller() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.forget_caller();
  return null;
end
$$;
comment on function private.forget_changed_caller is 'Has the caller looked up again after a change.';
revoke all on function private.forget_changed_caller from public;
