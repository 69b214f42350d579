-- What the RPCs return of a broker login.
create function private.describe_credential(p_credential public."TbDispositivoCredencial") returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_credential) - 'dsHash'
$$;
comment on function private.describe_credential is 'A credential as JSON, without its hash.';
revoke all on function private.describe_credential from public;
