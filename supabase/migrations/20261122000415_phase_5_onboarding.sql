-- Phase 5, onboarding: whoever signed up could name any client; now a client comes from an enrolment code with places left.
-- Profiles that there are stay as they are: look through them once. Codes were readable by everybody: hand out new ones.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

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

-- from sql/20_access/triggers
create trigger "TbApiKeys_chamador" after update or delete on public."TbApiKeys"
  for each statement execute function private.forget_changed_caller();
comment on trigger "TbApiKeys_chamador" on public."TbApiKeys" is
  'Who calls is looked up again after a change.';
create trigger "TbApiKeys_filhas"
  after update of "blAtiva", "dtExpiracao", "cdClientes", "dsPermissoes" or delete on public."TbApiKeys"
  for each row execute function private.limit_made_keys();
comment on trigger "TbApiKeys_filhas" on public."TbApiKeys" is
  'A key never does more than the key that made it.';
create trigger "TbApiKeys_vinculo" before insert on public."TbApiKeys"
  for each row execute function private.bind_key();
comment on trigger "TbApiKeys_vinculo" on public."TbApiKeys" is
  'A key rests on its owner''s membership of a client.';
create trigger "TbCliente_chamador" after insert or update or delete on public."TbCliente"
  for each statement execute function private.forget_changed_caller();
comment on trigger "TbCliente_chamador" on public."TbCliente" is
  'Who calls is looked up again after a change.';
create trigger "TbCliente_chaves" after update of "cdClientePai" or delete on public."TbCliente"
  for each row execute function private.end_keys_of_client();
comment on trigger "TbCliente_chaves" on public."TbCliente" is
  'Keys no longer act for a client that is deleted or gets another parent.';
create trigger "TbCliente_convites" after update of "cdClientePai" on public."TbCliente"
  for each row when (new."cdClientePai" is distinct from old."cdClientePai")
  execute function private.end_invitations_of_client();
comment on trigger "TbCliente_convites" on public."TbCliente" is
  'Invitations end when the client gets another parent.';
create trigger "TbCliente_pai" before update of "cdClientePai" on public."TbCliente"
  for each row when (new."cdClientePai" is distinct from old."cdClientePai")
  execute function private.refuse_parent_change();
comment on trigger "TbCliente_pai" on public."TbCliente" is
  'Only the service can change the parent of a client.';
create trigger "TbDestinatario_vinculo_alheio" before insert or update of "cdEndereco"
  on public."TbDestinatario"
  for each row execute function private.refuse_foreign_reference('cdEndereco');
comment on trigger "TbDestinatario_vinculo_alheio" on public."TbDestinatario" is
  'Refuses addresses of other clients.';
-- Of a new device, the policy sees to it: once for a statement, not for each row.
create trigger "TbDispositivo_vinculo_alheio" before update of "cdDestinatario", "cdProduto"
  on public."TbDispositivo"
  for each row execute function private.refuse_foreign_reference('cdDestinatario', 'cdProduto');
comment on trigger "TbDispositivo_vinculo_alheio" on public."TbDispositivo" is
  'Refuses sites and products of other clients when a device changes.';
create trigger "TbSensor_vinculo_alheio" before insert or update of "cdProdutoItem" on public."TbSensor"
  for each row execute function private.refuse_foreign_reference('cdProdutoItem');
comment on trigger "TbSensor_vinculo_alheio" on public."TbSensor" is
  'Refuses product items of other clients.';
-- On a table of Supabase Auth: we may put a trigger there, but not a comment.
create trigger acompanhar_conta after update of deleted_at, banned_until on auth.users
  for each row when (new.deleted_at is not null and old.deleted_at is null
                     or new.banned_until > now() and new.banned_until is distinct from old.banned_until)
  execute function private.follow_account();
-- On a table of Supabase Auth: we may put a trigger there, but not a comment.
create trigger criar_perfil after insert on auth.users
  for each row execute function private.create_profile();
-- On a table of Supabase Auth: we may put a trigger there, but not a comment.
create trigger esquecer_chamador after update of deleted_at, banned_until or delete on auth.users
  for each statement execute function private.forget_changed_caller();
create trigger profiles_chamador after update or delete on public.profiles
  for each statement execute function private.forget_changed_caller();
comment on trigger profiles_chamador on public.profiles is
  'Who calls is looked up again after a change.';
create trigger profiles_chaves after update of id, "cdCliente", role or delete on public.profiles
  for each row execute function private.end_keys_of_person();
comment on trigger profiles_chaves on public.profiles is 'Keys end with their owner''s membership.';
create trigger profiles_convites after update of id, "cdCliente", role or delete on public.profiles
  for each row execute function private.end_invitations_of_person();
comment on trigger profiles_convites on public.profiles is
  'Invitations end with the membership of those who know them.';
-- end
