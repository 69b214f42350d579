-- The first client, admin and API key of an installation, in one transaction; what exists is left as it is.
-- The answer says what is new, and holds the text of a new key, which is shown once. One call at a time.
-- p_ds_chave       name of the key; one of this name that the person has and that is valid is left alone
-- p_ds_permissoes  of read, ingest, admin
-- Who: the owner of the tables, by scripts/admin. No API role may call it.
-- Raises PT400 INVALID_PARAMETER, PT404 NOT_FOUND (no account), PT409 CONFLICT (belongs to another client).
create function private.set_up(
  p_ds_cliente text, p_ds_email text, p_ds_nome text, p_ds_chave text, p_ds_permissoes text[]
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_client record;
  v_admin record;
  v_key public."TbApiKeys";
  v_answer jsonb;
begin
  if not coalesce(
    btrim(p_ds_cliente) <> '' and btrim(p_ds_chave) <> '' and p_ds_email ~ '^[^@\s]+@[^@\s]+$'
    and p_ds_permissoes <@ '{read,ingest,admin}' and cardinality(p_ds_permissoes) > 0, false)
  then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER', message =
      'Names must not be empty, the address needs an @, permissions are of read, ingest and admin';
  end if;
  lock table public."TbCliente" in share row exclusive mode;
  v_client := private.set_up_client(btrim(p_ds_cliente));
  v_admin := private.set_up_admin(p_ds_email, p_ds_nome, v_client.codigo);
  select k.* into v_key from public."TbApiKeys" k
  where k."cdUsuario" = v_admin.codigo and k."dsNome" = btrim(p_ds_chave) and k."blAtiva"
    and (k."dtExpiracao" is null or k."dtExpiracao" > now())
  limit 1;
  if found then
    v_answer := private.describe_key(v_key);
  else
    v_key."cdUsuario" := v_admin.codigo;
    v_key."dsNome" := btrim(p_ds_chave);
    v_key."cdClientes" := array[v_client.codigo];
    v_key."dsPermissoes" := p_ds_permissoes;
    v_answer := private.store_key(v_key);
  end if;
  return jsonb_build_object(
    'cdCliente', v_client.codigo, 'blClienteNovo', v_client.novo,
    'cdUsuario', v_admin.codigo, 'blAdminNovo', v_admin.novo, 'chave', v_answer);
end
$$;
comment on function private.set_up is 'Creates the first client, admin and API key of an installation.';
revoke all on function private.set_up from public;
