-- Sets the limits of a key, from the next call on.
-- p_nr_limite_minuto  calls a minute;  p_nr_cota_diaria  calls a day (UTC);  null: no limit
-- Who: admins of the client on which the key rests; keys only for keys that may do no more than themselves.
-- Security definer: API roles may not write keys.
-- Raises PT400 INVALID_PARAMETER, PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.limitar_api_key(p_cd_api_key uuid, p_nr_limite_minuto integer default null,
                                       p_nr_cota_diaria integer default null) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_key public."TbApiKeys" := private.managed_key(private.require_key_management(), p_cd_api_key);
begin
  perform private.require_key_limits(p_nr_limite_minuto, p_nr_cota_diaria);
  update public."TbApiKeys" k set "nrLimiteMinuto" = p_nr_limite_minuto, "nrCotaDiaria" = p_nr_cota_diaria
  where k."cdApiKey" = p_cd_api_key returning k.* into v_key;
  return private.describe_key(v_key);
end
$$;
comment on function public.limitar_api_key is 'Sets how often an API key may be used.';
revoke all on function public.limitar_api_key from public;
grant execute on function public.limitar_api_key to authenticated, service_role;
