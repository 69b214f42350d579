-- Deletes the account of a person, with its profile, its keys and their use, and removes it from what stays.
-- Triggers end what rests on it: made keys, keys whose text it was given, invitations it knew.
create function private.delete_person(p_receipt uuid, p_person uuid) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform private.note_in_receipt(p_receipt, t.name, 'delete', t.quantity)
  from (
    select 'users', count(*) from auth.users a where a.id = p_person
    union all select 'profiles', count(*) from public.profiles p where p.id = p_person
    union all select 'TbApiKeys', count(*) from public."TbApiKeys" k where k."cdUsuario" = p_person
    union all
    select 'TbUsoApiKey', count(*) from public."TbUsoApiKey" u
    join public."TbApiKeys" k on k."cdApiKey" = u."cdApiKey" where k."cdUsuario" = p_person
  ) as t(name, quantity);
  perform private.forget_sign_ins(
    p_receipt, p_person, (select a.email from auth.users a where a.id = p_person));
  -- before the account: what its keys wait for is the profile, and triggers look at both
  delete from public.profiles p where p.id = p_person;
  delete from auth.users a where a.id = p_person;
  perform private.forget_person(p_receipt, p_person);
end
$$;
comment on function private.delete_person is 'Deletes a person, with a receipt.';
revoke all on function private.delete_person from public;
