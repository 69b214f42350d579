-- Onboarding: whoever signs up with the text of an enrolment code (dsChave, or cdChave as old front ends call
-- it) joins its client. A client named in the metadata is ignored. A missing, wrong or exhausted code, or any
-- other error, gives a profile without a client and never fails the sign-up. Names are cut where they
-- are longer than the columns take.
-- Security definer: runs as the trigger of Supabase Auth, which has no rights here.
create function private.create_profile() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_data jsonb := new.raw_user_meta_data;
  v_key public."TbClienteChave";
begin
  begin
    v_key := private.lock_enrolment_code(coalesce(v_data ->> 'dsChave', v_data ->> 'cdChave'));
    insert into public.profiles (id, nome, sobrenome, cargo, "cdChave", "cdCliente")
    values (
      new.id, left(v_data ->> 'nome', 255), left(v_data ->> 'sobrenome', 255), left(v_data ->> 'cargo', 255),
      v_key.id, v_key."cdCliente")
    on conflict (id) do nothing;
  exception when others then -- for example a lock timeout
    raise warning 'no client for user %: % %', new.id, sqlstate, sqlerrm;
    insert into public.profiles (id) values (new.id) on conflict (id) do nothing;
  end;
  return null;
end
$$;
comment on function private.create_profile is
  'Creates the profile of a new auth user; its client comes from an enrolment code only.';
revoke all on function private.create_profile from public;
