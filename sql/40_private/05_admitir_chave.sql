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
