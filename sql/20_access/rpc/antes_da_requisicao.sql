-- PostgREST calls this before every request, in its transaction (db_pre_request), so that RPCs, tables and
-- views find the same caller as requests that come through the application. A request with an X-API-Key
-- arrives as anon and continues as authenticated, as the bearer of that key; a person's claims get the id of
-- the request; anon without a key, and the secret key (service_role), stay as they are. In public, though
-- that makes it an RPC (which returns nothing and changes nothing): anon must reach it, and anon may not use
-- the schema private.
-- Security invoker: a definer could not change the role; and only PostgREST's login, a member of
-- authenticated, can make the change. It names no other role.
-- Raises PT400 INVALID_PARAMETER (Prefer: tx=rollback), PT401 UNAUTHORIZED, PT413 TOO_LARGE (a body above
-- 64 MB, rows for a table above 16 MB, chunks), PT429 RATE_LIMITED, QUOTA_EXCEEDED, PT503 BUSY.
create function public.antes_da_requisicao() returns void
language plpgsql volatile security invoker set search_path = pg_catalog, pg_temp as $$
declare
  v_headers json := nullif(current_setting('request.headers', true), '')::json;
  v_claims jsonb;
  v_most integer; -- MB in a body
begin
  -- Rows for a table are 5,000 at most, and all of a body is unpacked before they are counted.
  v_most := case when starts_with(current_setting('request.path', true), '/rpc/') then 64 else 16 end;
  if (v_headers ->> 'content-length')::numeric > v_most * 1048576 then
    raise sqlstate 'PT413' using message = format('The body has more than %s MB', v_most), hint = 'TOO_LARGE';
  end if;
  if v_headers -> 'transfer-encoding' is not null and v_headers -> 'content-length' is null then
    raise sqlstate 'PT413' using hint = 'TOO_LARGE',
      message = 'The size of the body is not known; send it with Content-Length, not in chunks';
  end if;
  -- Where PostgREST is set up to do so, it would leave neither use of the key nor audit log behind; elsewhere
  -- the request would be committed.
  if v_headers ->> 'prefer' ~* 'tx\s*=\s*"?rollback' then
    raise sqlstate 'PT400' using message = 'Prefer: tx=rollback is not available', hint = 'INVALID_PARAMETER';
  end if;
  if v_headers -> 'x-api-key' is not null then
    if current_user <> 'anon' then
      raise sqlstate 'PT401' using message = 'Send a bearer token or an X-API-Key, not both.',
        hint = 'UNAUTHORIZED';
    end if;
    perform set_config('role', 'authenticated', true);
    -- PostgREST has set that of anon
    perform set_config('statement_timeout', split_part(s, '=', 2), true)
    from pg_db_role_setting r, unnest(r.setconfig) s
    where r.setrole = 'authenticated'::regrole and r.setdatabase = 0 and s like 'statement_timeout=%';
  end if;
  if current_user <> 'authenticated' then
    return;
  end if;
  if current_setting('statement_timeout') = '0' then
    perform set_config('statement_timeout', '8s', true);
  end if;
  v_claims := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  v_claims := coalesce(private.read_credentials(v_headers, v_claims), v_claims);
  perform set_config('request.jwt.claims', v_claims::text, true);
  perform private.admit_caller();
end
$$;
comment on function public.antes_da_requisicao is
  'Called by PostgREST before every request: identifies the caller.';
revoke all on function public.antes_da_requisicao from public;
grant execute on function public.antes_da_requisicao to anon, authenticated, service_role;
