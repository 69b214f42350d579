-- Payloads that the caller manages, oldest first; p_replayable: elements that reprocessar_erros can replay,
-- or the others. Called by public.reprocessar_erros.
create function private.replayable_errors(
  p_caller private.identity, p_errors bigint[], p_reason text, p_limit integer, p_replayable boolean
) returns bigint[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(
    select m."cdErro" from private.managed_errors(p_caller, p_errors, p_reason, null) m
    where (m."blReprocessavel" and m."dsTopico" is null) = p_replayable
    order by m."dtPrimeira", m."cdErro"
    limit least(greatest(p_limit, 0), (select "nrElementosLote" from private."TbConfiguracao")))
$$;
comment on function private.replayable_errors is
  'Which quarantined payloads the caller may replay, oldest first.';
revoke all on function private.replayable_errors from public;
