-- Admits a request that arrives through the Data API, by its caller's share of the connections, and counts
-- that of an API key. An RPC counts its own call (private.require_permission); for tables and views this is
-- the only place. The path is as PostgREST received it: one written differently (/%72pc/…) is counted twice,
-- never not at all. Called by public.antes_da_requisicao, as authenticated.
-- Security definer: reads people and keys and counts their use, which API roles may not do.
-- Raises PT401 UNAUTHORIZED (unknown, expired or revoked key), PT429 RATE_LIMITED, QUOTA_EXCEEDED,
-- PT503 BUSY.
create function private.admit_caller() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  v_is_key boolean := coalesce(v_claims ? 'key_sha256', false);
  v_caller private.identity := case when v_is_key then private.require_caller()
                                    else private.current_caller() end;
begin
  perform private.take_share(v_caller, v_claims ->> 'sub');
  if not v_is_key then
    return;
  end if;
  if v_caller."dsTipo" = 'key'
     and not starts_with(coalesce(current_setting('request.path', true), ''), '/rpc/') then
    perform private.count_key_use(substring(v_caller."dsChamador" from 5));
  end if;
  perform private.report_clients(v_caller);
end
$$;
comment on function private.admit_caller is
  'Admits the caller of a request, or raises PT401, PT429 or PT503.';
revoke all on function private.admit_caller from public;
grant execute on function private.admit_caller to authenticated;
