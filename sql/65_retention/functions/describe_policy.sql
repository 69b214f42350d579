-- What the functions on retention policies return. blPropria: the client has a policy of its own.
create function private.describe_policy(p_client integer) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select jsonb_build_object(
    'cdCliente', p_client, 'nrDiasBruto', p."nrDiasBruto", 'nrDias1m', p."nrDias1m",
    'nrDias5m', p."nrDias5m", 'nrDias1h', p."nrDias1h", 'blPropria', p."cdCliente" is not null,
    'blGuardaLegal', private.is_held(p_client, null))
  from private.policy_of_client(p_client) p
$$;
comment on function private.describe_policy is 'The retention policy that holds for a client, as JSON.';
revoke all on function private.describe_policy from public;
