-- For the log of the request only; no decision depends on it. Through the Data API, a response header carries
-- it to the caller's server.
create function private.report_clients(p_caller private.identity) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform set_config('rastro.clientes', case when p_caller.is_service then '*'
                     else array_to_string(p_caller."cdClientes", ',') end, true);
  if current_setting('request.method', true) <> '' then
    perform set_config('response.headers', jsonb_build_array(jsonb_build_object(
      'Rastro-Clientes', current_setting('rastro.clientes')))::text, true);
  end if;
end
$$;
comment on function private.report_clients is 'Reports to the server for which clients the caller acts.';
revoke all on function private.report_clients from public;
