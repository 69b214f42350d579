-- Quarantined payloads that the caller manages: all that listing, replaying and discarding can reach.
-- p_errors  only these; p_reason, p_device: only those with this dsMotivo, this cdDispositivo
-- is_foreign is for the service alone, which is told FORBIDDEN_DEVICE and asks for it by that name.
-- Inlined: no SET clause, full names.
create function private.managed_errors(
  p_caller private.identity, p_errors bigint[], p_reason text, p_device integer
) returns table ("cdErro" bigint, "dtPrimeira" timestamptz, "blReprocessavel" boolean, "dsTopico" text,
                 is_foreign boolean)
language sql stable as $$
  select q."cdErro", q."dtPrimeira", q."blReprocessavel", q."dsTopico", a."cdErro" is not null
  from public."TbIngestaoErro" q
  left join private."TbErroAlheio" a on p_caller.is_service and a."cdErro" = q."cdErro"
  where (p_caller.is_service or q."cdCliente" = any (p_caller."cdClientes"))
    and (p_errors is null or q."cdErro" = any (p_errors))
    and (p_device is null or q."cdDispositivo" = p_device)
    and (p_reason is null
         or case when a."cdErro" is null then q."dsMotivo" else 'FORBIDDEN_DEVICE' end = p_reason)
$$;
comment on function private.managed_errors is 'Quarantined payloads that the caller manages.';
revoke all on function private.managed_errors from public;
