-- What happens to an account of Supabase Auth happens to the person: one that is deleted, softly too, leaves
-- its client for good. A ban suspends: the person and its keys are refused as long as it lasts and no longer,
-- but the invitations that the person knows end, as another account could use them. Trigger function.
-- Security definer: runs as the trigger of Supabase Auth, which has no rights here.
create function private.follow_account() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.deleted_at is not null then
    update public.profiles p set "cdCliente" = null, role = 'default' where p.id = new.id;
  else
    perform private.end_known_invitations(p) from public.profiles p where p.id = new.id;
  end if;
  return null;
end
$$;
comment on function private.follow_account is
  'Removes a person whose account is deleted; ends the invitations known to one who is banned.';
revoke all on function private.follow_account from public;
