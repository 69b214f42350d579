-- Revokes a key at once, and all keys that it made (private.limit_made_keys): the next request with one of
-- them is refused.
-- Who: admins of the client on which the key rests. Security definer: API roles may not write keys.
-- Raises PT401, PT403, PT404 NOT_FOUND.
create function public.revogar_api_key(p_cd_api_key uuid) returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_key public."TbApiKeys" := private.managed_key(private.require_permission('admin'), p_cd_api_key);
begin
  update public."TbApiKeys" k set "blAtiva" = false
  where k."cdApiKey" = p_cd_api_key returning k.* into v_key;
  return private.describe_key(v_key);
end
$$;
comment on function public.revogar_api_key is 'Revokes an API key at once.';
revoke all on function public.revogar_api_key from public;
grant execute on function public.revogar_api_key to authenticated, service_role;
