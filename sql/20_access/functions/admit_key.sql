-- An API key that comes in through the Data API. PT401 UNAUTHORIZED: unknown, expired or switched off. PT429 RATE_LIMITED,
-- QUOTA_EXCEEDED: used too often. An RPC counts its call itself (private.require_permission); tables and views have nobody else to do it.
-- The path is as PostgREST received it: one written in another way (/%72pc/…) counts twice, never not at all.
-- Security definer: reads keys and counts their use.
create function private.admit_key() returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_caller();
begin
  if v_caller."dsTipo" = 'key' and not starts_with(coalesce(current_setting('request.path', true), ''), '/rpc/') then
    perform private.count_key_use(substring(v_caller."dsChamador" from 5));
  end if;
  perform private.report_clients(v_caller);
end
$$;
comment on function private.admit_key is 'Lets the API key of a request in, or answers 401 or 429.';
revoke all on function private.admit_key from public;
grant execute on function private.admit_key to authenticated;
