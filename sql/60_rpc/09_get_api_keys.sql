-- Keys the caller may see, newest first, without their text, which nobody has.
-- Who: callers with the permission admin; row-level security decides which rows.
create function public.get_api_keys() returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir('admin');
  return (select coalesce(jsonb_agg(private.descrever_chave(k) order by k."dtRegistro" desc, k."cdApiKey"), '[]')
          from public."TbApiKeys" k);
end
$$;
comment on function public.get_api_keys() is 'API keys that the caller manages.';
revoke all on function public.get_api_keys() from public;
grant execute on function public.get_api_keys() to authenticated, service_role;
