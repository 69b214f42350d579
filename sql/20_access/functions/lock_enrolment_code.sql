-- The code's row is locked while its places are counted, so that people who sign up at the same time do not
-- exceed them. Called by private.create_profile and public.aceitar_convite.
create function private.lock_enrolment_code(p_key text) returns public."TbClienteChave"
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_key public."TbClienteChave";
begin
  select k.* into v_key from public."TbClienteChave" k where k."dsChave" = p_key for update;
  -- a separate statement: it sees who joined while this one waited for the lock; by the clock, as the code
  -- may have ended meanwhile
  if v_key."dtExpiracao" <= clock_timestamp()
     or (select count(*) from public.profiles p where p."cdChave" = v_key.id) >= v_key."nrLimite" then
    return null;
  end if;
  return v_key;
end
$$;
comment on function private.lock_enrolment_code is
  'The enrolment code of this text, locked, if it is valid and has places left; null otherwise.';
revoke all on function private.lock_enrolment_code from public;
