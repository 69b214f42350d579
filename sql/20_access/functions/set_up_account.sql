-- The account of this address, with a profile. Without Supabase Auth (whose tables include auth.identities)
-- one is made, which nobody can sign in to: tokens of whoever issues them name its id.
-- Called by private.set_up_admin and private.set_up_gateway. Raises PT404 NOT_FOUND.
create function private.set_up_account(p_ds_email text) returns uuid
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_account uuid := (
    select a.id from auth.users a where lower(a.email) = lower(p_ds_email) and a.deleted_at is null);
begin
  if v_account is null and to_regclass('auth.identities') is not null then
    raise sqlstate 'PT404' using hint = 'NOT_FOUND',
      message = format('%s has no account: sign up at Supabase Auth first', p_ds_email);
  elsif v_account is null then
    insert into auth.users as a (id, email, aud, role, email_confirmed_at, created_at, updated_at)
    values (gen_random_uuid(), p_ds_email, 'authenticated', 'authenticated', now(), now(), now())
    returning a.id into v_account;
  end if;
  insert into public.profiles (id) values (v_account) on conflict do nothing;
  return v_account;
end
$$;
comment on function private.set_up_account is 'Finds or creates the account of an address.';
revoke all on function private.set_up_account from public;
