-- Makes a successor with the same owner, rights, limits and end. The old key stays valid for p_nr_horas hours
-- (0: it is revoked now), so that devices in the field can be changed one after the other.
-- Who: admins of the client on which the key rests, who may do everything that the key may. Not the key
-- itself: whoever had a leaked one would keep its successor when it is revoked.
-- Security definer: API roles may not write keys.
-- Raises PT400, PT401, PT403, PT404 NOT_FOUND, PT409, PT429.
create function public.rotacionar_api_key(p_cd_api_key uuid, p_nr_horas integer default 24) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_key_management();
  v_old public."TbApiKeys" := private.managed_key(v_caller, p_cd_api_key);
  v_calling public."TbApiKeys";
  v_new jsonb;
begin
  if not coalesce(p_nr_horas between 0 and 720, false) then
    raise sqlstate 'PT400' using message = 'The old key can stay valid for 0 to 720 hours',
      hint = 'INVALID_PARAMETER';
  end if;
  if not private.is_active_key(v_old) then
    raise sqlstate 'PT409' using message = 'This key has expired or was revoked; make a new one',
      hint = 'CONFLICT';
  end if;
  perform private.require_key_scope(
    v_caller,
    coalesce(v_old."cdClientes", (private.user_identity(v_old."cdUsuario"::text))."cdClientes"),
    v_old."dsPermissoes");
  v_calling := private.calling_key(v_caller);
  if v_calling."cdApiKey" = p_cd_api_key then
    raise sqlstate 'PT403' using message = 'A key cannot replace itself', hint = 'FORBIDDEN';
  end if;
  -- the successor also ends with whoever is given its text
  v_old."cdApiKeyMae" := coalesce(v_calling."cdApiKey", v_old."cdApiKeyMae");
  v_old."cdPortador" := case when v_caller."dsTipo" in ('user', 'key')
                             then nullif(private.key_owner(v_caller), v_old."cdUsuario") end;
  v_new := private.store_key(v_old);
  update public."TbApiKeys" k set "cdApiKeyMae" = (v_new ->> 'cdApiKey')::uuid
  where k."cdApiKeyMae" = p_cd_api_key and k."cdApiKey" <> (v_new ->> 'cdApiKey')::uuid;
  update public."TbDispositivoCredencial" c set "cdApiKey" = (v_new ->> 'cdApiKey')::uuid
  where c."cdApiKey" = p_cd_api_key;
  -- what it made now rests on its successor, so it does not end with it here
  update public."TbApiKeys" k
  set "dtExpiracao" = least(k."dtExpiracao", now() + make_interval(hours => p_nr_horas)),
      "blAtiva" = p_nr_horas > 0
  where k."cdApiKey" = p_cd_api_key;
  return v_new;
end
$$;
comment on function public.rotacionar_api_key is
  'Replaces an API key; the old one stays valid for some hours.';
revoke all on function public.rotacionar_api_key from public;
grant execute on function public.rotacionar_api_key to authenticated, service_role;
