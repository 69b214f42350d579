-- The person of this address as an admin of the client. `novo` says whether it was not before. Without
-- Supabase Auth (whose tables include auth.identities) an account is made, which nobody can sign in to:
-- tokens of whoever issues them name its id. Nobody is taken from another client, and the role service stays.
-- Called by private.set_up. Raises PT404 NOT_FOUND, PT409 CONFLICT.
create function private.set_up_admin(
  p_ds_email text, p_ds_nome text, p_cd_cliente integer, out codigo uuid, out novo boolean
)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_person public.profiles;
begin
  select a.id into codigo from auth.users a where lower(a.email) = lower(p_ds_email) and a.deleted_at is null;
  if codigo is null and to_regclass('auth.identities') is not null then
    raise sqlstate 'PT404' using hint = 'NOT_FOUND',
      message = format('%s has no account: sign up at Supabase Auth first', p_ds_email);
  elsif codigo is null then
    insert into auth.users as a (id, email, aud, role, email_confirmed_at, created_at, updated_at)
    values (gen_random_uuid(), p_ds_email, 'authenticated', 'authenticated', now(), now(), now())
    returning a.id into codigo;
  end if;
  insert into public.profiles (id) values (codigo) on conflict do nothing;
  select p.* into v_person from public.profiles p where p.id = codigo for update;
  if v_person."cdCliente" <> p_cd_cliente or v_person.role = 'service' then
    raise sqlstate 'PT409' using hint = 'CONFLICT', message = format(
      '%s already has the role %s at client %s', p_ds_email, v_person.role,
      coalesce(v_person."cdCliente"::text, 'none'));
  end if;
  novo := v_person."cdCliente" is null or v_person.role <> 'admin';
  update public.profiles p
  set "cdCliente" = p_cd_cliente, role = 'admin', nome = coalesce(p.nome, p_ds_nome)
  where p.id = codigo and novo;
end
$$;
comment on function private.set_up_admin is 'Finds or creates a person who is an admin of the client.';
revoke all on function private.set_up_admin from public;
