-- Whoever calls must be known. PT401 UNAUTHORIZED: no or bad credentials.
create function private.exigir_chamador() returns private.identidade
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.chamador();
begin
  if v_chamador."dsTipo" is null then
    raise sqlstate 'PT401' using message = 'No or bad credentials', hint = 'UNAUTHORIZED',
      detail = 'Send a valid bearer token or an active X-API-Key.';
  end if;
  return v_chamador;
end
$$;
comment on function private.exigir_chamador() is 'The caller, or 401.';
revoke all on function private.exigir_chamador() from public;

-- For the log of the request only: nothing is decided by it. Through the Data API the caller's server learns it by header.
create function private.dizer_clientes(p_chamador private.identidade) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('rastro.clientes', case when p_chamador."blServico" then '*'
                     else array_to_string(p_chamador."cdClientes", ',') end, true);
  if current_setting('request.method', true) <> '' then
    perform set_config('response.headers', jsonb_build_array(jsonb_build_object(
      'Rastro-Clientes', current_setting('rastro.clientes')))::text, true);
  end if;
end
$$;
comment on function private.dizer_clientes(private.identidade) is 'Tells the request for which clients the caller acts.';
revoke all on function private.dizer_clientes(private.identidade) from public;

-- Guard of every RPC. PT401 UNAUTHORIZED: no or bad credentials. PT403 FORBIDDEN: the caller lacks the permission.
-- PT429 RATE_LIMITED, QUOTA_EXCEEDED: the key is used too often. Volatile for that count alone.
create function private.exigir(p_permissao text) returns private.identidade
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir_chamador();
begin
  if not p_permissao = any (v_chamador."dsPermissoes") then
    raise sqlstate 'PT403' using message = format('This needs the permission "%s"', p_permissao), hint = 'FORBIDDEN';
  end if;
  if p_permissao = 'ingest' and cardinality(v_chamador."cdClientes") = 0 then
    raise sqlstate 'PT403' using message = 'The caller acts for no client', hint = 'FORBIDDEN';
  end if;
  if v_chamador."dsTipo" = 'key' then
    perform private.contar_uso(substring(v_chamador."dsChamador" from 5));
  end if;
  perform private.dizer_clientes(v_chamador);
  return v_chamador;
end
$$;
comment on function private.exigir(text) is 'The caller, if it has the permission and is within its limits; otherwise 401, 403 or 429.';
revoke all on function private.exigir(text) from public;
grant execute on function private.exigir(text) to authenticated, service_role;
