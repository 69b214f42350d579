-- Deletes the retention policy of a client: the one for everybody holds again.
-- Who: admins, of the clients they manage. Security definer: API roles may not write policies.
-- Raises PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.apagar_retencao(p_cd_cliente integer) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_managed_client(p_cd_cliente);
  delete from public."TbPoliticaRetencao" p where p."cdCliente" = p_cd_cliente;
  return private.describe_policy(p_cd_cliente);
end
$$;
comment on function public.apagar_retencao is 'Deletes the retention policy of a client.';
revoke all on function public.apagar_retencao from public;
grant execute on function public.apagar_retencao to authenticated, service_role;
