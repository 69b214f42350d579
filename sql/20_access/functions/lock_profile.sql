-- Until the transaction ends, the person stays in its client and keeps its role. Always taken before a lock
-- on one of its keys, as removing a person locks the profile first and its keys then.
create function private.lock_profile(p_id uuid) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform from public.profiles p where p.id = p_id for share;
end
$$;
comment on function private.lock_profile is 'Keeps the client and role of a person from changing.';
revoke all on function private.lock_profile from public;
