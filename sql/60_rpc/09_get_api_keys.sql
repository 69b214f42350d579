-- Keys the caller may see, newest first, without their text, which nobody has.
-- p_cd_api_key  only this one
-- Who: callers with the permission admin; row-level security decides which rows.
create function public.get_api_keys(p_cd_api_key uuid default null) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir('admin');
  return (select coalesce(jsonb_agg(private.descrever_chave(k) order by k."dtRegistro" desc, k."cdApiKey"), '[]')
          from public."TbApiKeys" k where p_cd_api_key is null or k."cdApiKey" = p_cd_api_key);
end
$$;
comment on function public.get_api_keys(uuid) is 'API keys that the caller manages, with their limits and last use.';
revoke all on function public.get_api_keys(uuid) from public;
grant execute on function public.get_api_keys(uuid) to authenticated, service_role;
