-- Whoever leaves a client, or may do less than before, takes along the texts of its invitations, so these
-- end: who is to come back gets a new one. Trigger function.
-- Security definer: runs as a trigger, whoever changes the profile.
create function private.end_invitations_of_person() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    perform private.end_known_invitations(old);
  elsif new.id <> old.id or new.role < old.role or old."cdCliente" <> coalesce(new."cdCliente", 0) then
    perform private.end_known_invitations(old);
  end if;
  return null;
end
$$;
comment on function private.end_invitations_of_person is
  'Ends the invitations known to a person who leaves a client or is demoted.';
revoke all on function private.end_invitations_of_person from public;
