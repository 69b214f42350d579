-- The key of an MQTT gateway: it may send readings for all clients, and nothing else. It belongs to an
-- account of the role service, which belongs to no client. The answer describes the key, with its text if it
-- is new, which is shown this once. A key of this name that is valid is left alone.
-- Who: the owner of the tables, by scripts/admin. No API role may call it.
-- Raises PT400 INVALID_PARAMETER, PT404 NOT_FOUND (no account), PT409 CONFLICT (somebody of a client).
create function private.set_up_gateway(p_ds_email text, p_ds_chave text) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_account uuid;
  v_person public.profiles;
  v_key public."TbApiKeys";
begin
  if not coalesce(btrim(p_ds_chave) <> '' and p_ds_email ~ '^[^@\s]+@[^@\s]+$', false) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = 'The name must not be empty, and the address needs an @';
  end if;
  lock table public."TbCliente" in share row exclusive mode; -- one call at a time, as private.set_up
  v_account := private.set_up_account(p_ds_email);
  select p.* into v_person from public.profiles p where p.id = v_account for update;
  if v_person."cdCliente" is not null then
    raise sqlstate 'PT409' using hint = 'CONFLICT', message = format(
      '%s belongs to client %s: a gateway needs an account of its own', p_ds_email, v_person."cdCliente");
  end if;
  update public.profiles p set role = 'service' where p.id = v_person.id and p.role <> 'service';
  select k.* into v_key from public."TbApiKeys" k
  where k."cdUsuario" = v_person.id and k."dsNome" = btrim(p_ds_chave) and k."blAtiva"
    and (k."dtExpiracao" is null or k."dtExpiracao" > now())
  limit 1;
  if found then
    return private.describe_key(v_key);
  end if;
  v_key."cdUsuario" := v_person.id;
  v_key."dsNome" := btrim(p_ds_chave);
  v_key."dsPermissoes" := '{ingest}';
  return private.store_key(v_key);
end
$$;
comment on function private.set_up_gateway is 'Creates the key of an MQTT gateway.';
revoke all on function private.set_up_gateway from public;
