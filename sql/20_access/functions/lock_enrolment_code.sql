-- Onboarding. Whoever signs up with the text of an enrolment code (dsChave, or cdChave as old front ends call it) joins its
-- client, as long as the code has places left; a client named in the metadata counts for nothing.
-- The code's row is locked while its places are counted, so that people who sign up at once do not exceed them. A bad,
-- missing or exhausted code, or whatever else goes wrong, gives a profile without client and never fails the sign-up.
-- Security definer: runs as the trigger of Supabase Auth, which has no rights here.
create function private.lock_enrolment_code(p_key text) returns public."TbClienteChave"
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_key public."TbClienteChave";
begin
  select k.* into v_key from public."TbClienteChave" k where k."dsChave" = p_key for update;
  -- a statement of its own: it sees who joined while we waited
  if v_key."dtExpiracao" <= now()
     or (select count(*) from public.profiles p where p."cdChave" = v_key.id) >= v_key."nrLimite" then
    return null;
  end if;
  return v_key;
end
$$;
comment on function private.lock_enrolment_code is 'The enrolment code of this text, locked, if it is still good and has a place left; else null.';
revoke all on function private.lock_enrolment_code from public;
