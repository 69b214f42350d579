create function private.describe_key(p_key public."TbApiKeys") returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_key) - 'dsHash' || jsonb_build_object(
    'dtUltimoUso', max(u."dtUltimoUso"),
    'nrUsoHoje', case
      when coalesce(p_key."nrLimiteMinuto", p_key."nrCotaDiaria") is not null
      then coalesce(sum(u."nrDia") filter (where u."dtDia" = (now() at time zone 'UTC')::date), 0)
    end)
  from public."TbUsoApiKey" u where u."cdApiKey" = p_key."cdApiKey"
$$;
comment on function private.describe_key is 'A key and its use as JSON, without its hash.';
revoke all on function private.describe_key from public;
