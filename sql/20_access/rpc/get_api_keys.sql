-- Keys the caller may see, newest first, without their text, which is not stored: {data, nextCursor}.
-- p_cd_api_key  only this one
-- p_page_size   keys per page, 1 to 1,000
-- p_cursor      nextCursor of the previous page: the last key on it
-- Who: callers with the permission admin, the keys that the policy of TbApiKeys shows.
-- Security definer: API roles may not read dsHash. Raises PT400 INVALID_PARAMETER.
create function public.get_api_keys(
  p_cd_api_key uuid default null, p_page_size integer default 50, p_cursor uuid default null
) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_person uuid := private.current_user_id();
  v_after timestamptz;
  v_page public."TbApiKeys"[];
begin
  select k."dtRegistro" into v_after from public."TbApiKeys" k where k."cdApiKey" = p_cursor;
  perform private.require_page(p_page_size, p_cursor is null or v_after is not null);
  v_page := array(
    select k from public."TbApiKeys" k
    where (v_caller.is_service or k."cdUsuario" = v_person
           or private.belongs_to_clients(k, v_caller."cdClientes"))
      and (p_cd_api_key is null or k."cdApiKey" = p_cd_api_key)
      and (p_cursor is null or (k."dtRegistro", k."cdApiKey") < (v_after, p_cursor))
    order by k."dtRegistro" desc, k."cdApiKey" desc
    limit p_page_size + 1);
  return jsonb_build_object(
    'data', (
      select coalesce(
        jsonb_agg(private.describe_key(k) order by k."dtRegistro" desc, k."cdApiKey" desc), '[]')
      from unnest(v_page[:p_page_size]) k),
    'nextCursor', case when cardinality(v_page) > p_page_size then v_page[p_page_size]."cdApiKey" end);
end
$$;
comment on function public.get_api_keys is
  'API keys that the caller manages, in pages, with their limits and last use.';
revoke all on function public.get_api_keys from public;
grant execute on function public.get_api_keys to authenticated, service_role;
