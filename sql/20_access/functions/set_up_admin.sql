-- The person of this address as an admin of the client. `novo` says whether it was not before. Nobody is
-- taken from another client, and the role service stays.
-- Called by private.set_up. Raises PT404 NOT_FOUND, PT409 CONFLICT.
create function private.set_up_admin(
  p_ds_email text, p_ds_nome text, p_cd_cliente integer, out codigo uuid, out novo boolean
)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_person public.profiles;
begin
  codigo := private.set_up_account(p_ds_email);
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
