-- Admits an API key that arrives through the Data API and counts the request. An RPC counts its own call
-- (private.require_permission); for tables and views this is the only place. The path is as PostgREST
-- received it: one written differently (/%72pc/…) is counted twice, never not at all. Called by
-- public.antes_da_requisicao, as authenticated.
-- Security definer: reads keys and counts their use, which API roles may not do.
-- Raises PT401 UNAUTHORIZED (unknown, expired or revoked key), PT429 RATE_LIMITED, QUOTA_EXCEEDED.
create function private.admit_key() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_caller();
begin
  if v_caller."dsTipo" = 'key'
     and not starts_with(coalesce(current_setting('request.path', true), ''), '/rpc/') then
    perform private.count_key_use(substring(v_caller."dsChamador" from 5));
  end if;
  perform private.report_clients(v_caller);
end
$$;
comment on function private.admit_key is 'Admits the API key of a request, or raises PT401 or PT429.';
revoke all on function private.admit_key from public;
grant execute on function private.admit_key to authenticated;
