-- How long data of a client is kept: {cdCliente, nrDiasBruto, nrDias1m, nrDias5m, nrDias1h, blPropria,
-- blGuardaLegal}; null days: for ever.
-- Who: admins, of the clients they manage. Security definer: they may not see the policy for everybody.
-- Raises PT401, PT403, PT404 NOT_FOUND, PT429.
create function public.get_retencao(p_cd_cliente integer) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_managed_client(p_cd_cliente);
  return private.describe_policy(p_cd_cliente);
end
$$;
comment on function public.get_retencao is 'How long data of a client is kept.';
revoke all on function public.get_retencao from public;
grant execute on function public.get_retencao to authenticated, service_role;
