-- Who comes in through PostgREST is who comes in through the application: keys by header, limits, the request's id.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/40_private/05_admitir_chave.sql
-- An API key that comes in through the Data API. PT401 UNAUTHORIZED: unknown, expired or switched off. PT429 RATE_LIMITED,
-- QUOTA_EXCEEDED: used too often. An RPC counts its call itself (private.exigir); tables and views have nobody else to do it.
-- The path is as PostgREST received it: one written in another way (/%72pc/…) counts twice, never not at all.
-- Security definer: reads keys and counts their use.
create function private.admitir_chave() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir_chamador();
begin
  if v_chamador."dsTipo" = 'key' and not starts_with(coalesce(current_setting('request.path', true), ''), '/rpc/') then
    perform private.contar_uso(substring(v_chamador."dsChamador" from 5));
  end if;
  perform private.dizer_clientes(v_chamador);
end
$$;
comment on function private.admitir_chave() is 'Lets the API key of a request in, or answers 401 or 429.';
revoke all on function private.admitir_chave() from public;
grant execute on function private.admitir_chave() to authenticated;

-- What the claims of a request become. PT401 UNAUTHORIZED: two credentials, or what is no key. Null: they stay as they are.
-- Headers are json, not jsonb, of which the operator ? would take lists and texts too. Authorization says nothing here:
-- PostgREST has read it, and the role and the claims are what it found.
create function private.ler_credenciais(p_headers json, p_claims jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_pedido text := substring(p_headers ->> 'x-request-id' from '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$');
  v_chave text := p_headers ->> 'x-api-key';
begin
  v_pedido := coalesce(p_claims ->> 'request_id', v_pedido); -- whoever signed one knows better
  if (p_headers -> 'x-api-key' is not null and p_claims ?| '{sub,key_sha256,cd_dispositivo}') or p_claims ?& '{sub,key_sha256}' then
    raise sqlstate 'PT401' using message = 'Send a bearer token or an X-API-Key, not both.', hint = 'UNAUTHORIZED';
  end if;
  if p_headers -> 'x-api-key' is null then
    return case when v_pedido is not null then p_claims || jsonb_build_object('request_id', v_pedido) end;
  end if;
  if json_typeof(p_headers -> 'x-api-key') <> 'string' or length(v_chave) > 512 or v_chave !~ '^[!-~]+$' then
    raise sqlstate 'PT401' using message = 'This is no API key.', hint = 'UNAUTHORIZED';
  end if;
  return jsonb_strip_nulls(jsonb_build_object('role', 'authenticated', 'request_id', v_pedido,
                                              'key_sha256', encode(sha256(convert_to(v_chave, 'UTF8')), 'hex')));
end
$$;
comment on function private.ler_credenciais(json, jsonb) is 'Claims from the headers and the token of a request.';
revoke all on function private.ler_credenciais(json, jsonb) from public;
grant execute on function private.ler_credenciais(json, jsonb) to authenticated, service_role;
-- end

-- from sql/60_rpc/20_antes_da_requisicao.sql
-- What PostgREST calls before every request, in its transaction (db_pre_request), so that RPCs, tables and views find the
-- same caller as those who come through the application. Somebody with an X-API-Key arrives as anon and goes on as
-- authenticated, as the bearer of that key; a person's claims get the request's id; anon without a key, and the
-- secret key (service_role), stay what they are. PT401 UNAUTHORIZED, PT429 RATE_LIMITED, QUOTA_EXCEEDED.
-- In public, though that makes it an RPC, which tells nothing and changes nothing: it must be reached as anon, and anon is not
-- to enter the schema private. Security invoker: a definer could not change the role; and what it changes is possible to
-- PostgREST's login alone, a member of authenticated. It names no other role.
create function public.antes_da_requisicao() returns void
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp as $$
declare
  v_headers json := nullif(current_setting('request.headers', true), '')::json;
  v_claims jsonb;
begin
  if v_headers -> 'x-api-key' is not null then
    if current_user <> 'anon' then
      raise sqlstate 'PT401' using message = 'Send a bearer token or an X-API-Key, not both.', hint = 'UNAUTHORIZED';
    end if;
    perform set_config('role', 'authenticated', true);
    -- PostgREST has set that of anon
    perform set_config('statement_timeout', split_part(s, '=', 2), true) from pg_db_role_setting r, unnest(r.setconfig) s
    where r.setrole = 'authenticated'::regrole and r.setdatabase = 0 and s like 'statement_timeout=%';
  end if;
  if current_user <> 'authenticated' then
    return;
  end if;
  v_claims := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  v_claims := coalesce(private.ler_credenciais(v_headers, v_claims), v_claims);
  perform set_config('request.jwt.claims', v_claims::text, true);
  if v_claims ? 'key_sha256' then
    perform private.admitir_chave();
  end if;
end
$$;
comment on function public.antes_da_requisicao() is 'Called by PostgREST before every request: finds out who calls.';
revoke all on function public.antes_da_requisicao() from public;
grant execute on function public.antes_da_requisicao() to anon, authenticated, service_role;

-- PostgREST reads this setting of its login. Where there is no PostgREST there is nothing to set; and another function that
-- somebody has put there is not ours to replace.
do $$
declare
  v_posta text := (select split_part(s, '=', 2) from pg_db_role_setting r, unnest(r.setconfig) s
                   where r.setrole = to_regrole('authenticator') and r.setdatabase = 0 and s like 'pgrst.db_pre_request=%');
begin
  if to_regrole('authenticator') is null then
    return;
  end if;
  if v_posta <> 'public.antes_da_requisicao' then
    raise warning 'pgrst.db_pre_request of authenticator is % and stays: let it call public.antes_da_requisicao()', v_posta;
    return;
  end if;
  alter role authenticator set pgrst.db_pre_request = 'public.antes_da_requisicao';
  notify pgrst, 'reload config';
end
$$;
-- end
