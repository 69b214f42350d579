-- Phase 5, onboarding: whoever signed up could name any client; now a client comes from an enrolment code with places left.
-- Profiles that there are stay as they are: look through them once. Codes were readable by everybody: hand out new ones.

set lock_timeout = '5s';
set statement_timeout = '5min';

do $$
declare
  v_velha regprocedure;
begin
  -- Whatever the function is called here. The trigger hangs on a table that is not ours, and goes with its function.
  for v_velha in
    select distinct p.oid::regprocedure from pg_catalog.pg_trigger t join pg_catalog.pg_proc p on p.oid = t.tgfoid
    where t.tgrelid = 'auth.users'::regclass and p.pronamespace = 'public'::regnamespace and p.prosrc ~ 'profiles'
  loop
    execute format('drop function %s cascade', v_velha);
  end loop;
end
$$;

-- from sql/40_private/07_perfil_de_usuario.sql
-- Onboarding. Whoever signs up with the text of an enrolment code (dsChave, or cdChave as old front ends call it) joins its
-- client, as long as the code has places left; a client named in the metadata counts for nothing.
-- The code's row is locked while its places are counted, so that people who sign up at once do not exceed them. A bad,
-- missing or exhausted code, or whatever else goes wrong, gives a profile without client and never fails the sign-up.
-- Security definer: runs as the trigger of Supabase Auth, which has no rights here.
create function private.vaga_da_chave(p_chave text) returns public."TbClienteChave"
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_chave public."TbClienteChave";
begin
  select k.* into v_chave from public."TbClienteChave" k where k."dsChave" = p_chave for update;
  -- a statement of its own: it sees who joined while we waited
  if v_chave."dtExpiracao" <= now()
     or (select count(*) from public.profiles p where p."cdChave" = v_chave.id) >= v_chave."nrLimite" then
    return null;
  end if;
  return v_chave;
end
$$;
comment on function private.vaga_da_chave(text) is 'The enrolment code of this text, locked, if it is still good and has a place left; else null.';
revoke all on function private.vaga_da_chave(text) from public;

create function private.criar_perfil() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_dados jsonb := new.raw_user_meta_data;
  v_chave public."TbClienteChave";
begin
  begin
    v_chave := private.vaga_da_chave(coalesce(v_dados ->> 'dsChave', v_dados ->> 'cdChave'));
    insert into public.profiles (id, nome, sobrenome, cargo, "cdChave", "cdCliente")
    values (new.id, v_dados ->> 'nome', v_dados ->> 'sobrenome', v_dados ->> 'cargo', v_chave.id, v_chave."cdCliente")
    on conflict (id) do nothing;
  exception when others then -- a lock waited for too long, say
    raise warning 'no client for user %: % %', new.id, sqlstate, sqlerrm;
    insert into public.profiles (id) values (new.id) on conflict (id) do nothing;
  end;
  return null;
end
$$;
comment on function private.criar_perfil() is 'Makes the profile of a new auth user; its client comes from an enrolment code only.';
revoke all on function private.criar_perfil() from public;
-- end

-- from sql/70_triggers/07_perfil_de_usuario.sql
-- On a table of Supabase Auth: we may put a trigger there, but not a comment.
create trigger criar_perfil after insert on auth.users
  for each row execute function private.criar_perfil();
-- end
