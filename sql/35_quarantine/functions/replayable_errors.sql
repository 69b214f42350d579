-- Payloads that the caller may see, oldest first; p_replayable: those that can be replayed, or those that
-- cannot. Called by public.reprocessar_erros.
create function private.replayable_errors(
  p_caller private.identity, p_errors bigint[], p_reason text, p_limit integer, p_replayable boolean
) returns bigint[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select q."cdErro" from public."TbIngestaoErro" q
    where (p_caller.is_service or q."cdClientes" && p_caller."cdClientes")
      and (p_errors is null or q."cdErro" = any (p_errors))
      and (p_reason is null or q."dsMotivo" = p_reason)
      and q."blReprocessavel" = p_replayable
    order by q."dtPrimeira", q."cdErro"
    limit least(greatest(p_limit, 0), (select "nrElementosLote" from private."TbConfiguracao")))
$$;
comment on function private.replayable_errors is
  'Which quarantined payloads the caller may replay, oldest first.';
revoke all on function private.replayable_errors from public;
