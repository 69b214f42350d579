-- What the claims of a request become; null when they stay as they are. Headers are json, not jsonb: for
-- jsonb the operator ? would accept lists and texts too. Authorization is not read here: PostgREST has read
-- it, and the role and the claims are its result. Called by public.antes_da_requisicao, as any API role.
-- Raises PT401 UNAUTHORIZED: two credentials, or a malformed key.
create function private.read_credentials(p_headers json, p_claims jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_request text := substring(p_headers ->> 'x-request-id' from '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$');
  v_has_key boolean := p_headers -> 'x-api-key' is not null;
  v_key text := p_headers ->> 'x-api-key';
begin
  v_request := coalesce(p_claims ->> 'request_id', v_request); -- one that is signed takes precedence
  if v_has_key and p_claims ?| '{sub,key_sha256,cd_dispositivo}' or p_claims ?& '{sub,key_sha256}' then
    raise sqlstate 'PT401' using message = 'Send a bearer token or an X-API-Key, not both.',
      hint = 'UNAUTHORIZED';
  end if;
  if not v_has_key then
    return case when v_request is not null then p_claims || jsonb_build_object('request_id', v_request) end;
  end if;
  if json_typeof(p_headers -> 'x-api-key') <> 'string' or length(v_key) > 512 or v_key !~ '^[!-~]+$' then
    raise sqlstate 'PT401' using message = 'Malformed API key.', hint = 'UNAUTHORIZED';
  end if;
  return jsonb_strip_nulls(jsonb_build_object(
    'role', 'authenticated',
    'request_id', v_request,
    'key_sha256', encode(sha256(convert_to(v_key, 'UTF8')), 'hex')));
end
$$;
comment on function private.read_credentials is 'Claims from the headers and the token of a request.';
revoke all on function private.read_credentials from public;
grant execute on function private.read_credentials to authenticated, service_role;
