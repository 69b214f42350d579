-- Makes an API key. The answer holds its text, dsKey, which is shown once and not stored.
-- p_cd_clientes       clients it acts for; null: all that its owner acts for now
-- p_dt_expiracao      when it ends; null: with the key that makes it, or not at all
-- p_ds_permissoes     of read, ingest, admin
-- p_nr_limite_minuto  calls a minute; null: no limit
-- p_nr_cota_diaria    calls a day (UTC); null: no limit
-- Who: callers with the permission admin, for themselves, and no more than they may do: a key makes none that
-- acts for more clients, does more, or lasts longer than itself, now or later (private.limit_made_keys).
-- Security definer: API roles may not write keys.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT429.
create function public.criar_api_key(
  p_ds_nome text, p_ds_permissoes text[] default '{read}', p_cd_clientes integer[] default null,
  p_dt_expiracao timestamptz default null, p_nr_limite_minuto integer default null,
  p_nr_cota_diaria integer default null
) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_key_management();
  v_key public."TbApiKeys";
  v_maker public."TbApiKeys"; -- the key that calls, if it is one
begin
  if v_caller."dsTipo" = 'user' and v_caller."cdClientes" = '{}' and not v_caller.is_service then
    raise sqlstate 'PT403' using message = 'You belong to no client', hint = 'FORBIDDEN';
  end if;
  perform private.require_short(p_ds_nome);
  perform private.require_few('cdClientes', p_cd_clientes);
  perform private.require_few('dsPermissoes', p_ds_permissoes);
  perform private.require_key_scope(v_caller, p_cd_clientes, p_ds_permissoes);
  perform private.require_key_limits(p_nr_limite_minuto, p_nr_cota_diaria);
  if coalesce(btrim(p_ds_nome), '') = ''
     or not (p_dt_expiracao > now() and p_dt_expiracao < '10000-01-01Z') then
    raise sqlstate 'PT400' using
      message = 'A key needs a name; its expiry, if any, must be in the future and before the year 10000',
      hint = 'INVALID_PARAMETER';
  end if;
  v_maker := private.calling_key(v_caller);
  v_key."cdUsuario" := private.key_owner(v_caller);
  v_key."cdApiKeyMae" := v_maker."cdApiKey";
  v_key."dsNome" := btrim(p_ds_nome);
  -- a key made by a key that is limited to some clients is limited to them too
  v_key."cdClientes" := case
    when v_caller."dsTipo" = 'key' and not v_caller.is_service
    then coalesce(p_cd_clientes, v_caller."cdClientes")
    else p_cd_clientes
  end;
  v_key."dsPermissoes" := p_ds_permissoes;
  v_key."dtExpiracao" := coalesce(p_dt_expiracao, v_maker."dtExpiracao");
  v_key."nrLimiteMinuto" := p_nr_limite_minuto;
  v_key."nrCotaDiaria" := p_nr_cota_diaria;
  perform private.require_within_key(v_caller, v_key);
  return private.store_key(v_key);
end
$$;
comment on function public.criar_api_key is
  'Creates an API key; its text is shown once.';
revoke all on function public.criar_api_key from public;
grant execute on function public.criar_api_key to authenticated, service_role;
