-- Maintenance step: deletes expired payloads of the quarantine that are not under a legal hold, up to 10,000
-- per call, and old entries of the maintenance log; adds up what came into quarantine and left it.
-- Returns how many payloads.
create function private.expire_quarantine() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_rows integer;
begin
  delete from public."TbIngestaoErro" q
  where q."cdErro" in (
    select v."cdErro" from public."TbIngestaoErro" v
    where v."dtExpiracao" < now() and not private.is_held(v."cdCliente", v."cdDispositivo")
    order by v."dsHash", v."dsMotivo" limit 10000 for update skip locked);
  get diagnostics v_rows = row_count;
  perform private.trim_quarantine(nullif(m."cdCliente", 0))
  from (select distinct v."cdCliente" from private."TbQuarentenaMudanca" v limit 1000) m;
  delete from public."TbManutencaoExecucao" e where e."dtInicio" < now() - interval '90 days';
  -- runs that had nothing to do are kept for two days only
  delete from public."TbManutencaoExecucao" e
  where e."dtInicio" < now() - interval '2 days' and e."nrLinhas" = 0 and e."dsErro" is null;
  return v_rows;
end
$$;
comment on function private.expire_quarantine is
  'Maintenance step: deletes expired payloads of the quarantine and entries of the maintenance log.';
revoke all on function private.expire_quarantine from public;
