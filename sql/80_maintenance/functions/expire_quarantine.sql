-- Upkeep, in bounded steps. Each is one transaction, logged, and goes on where the last one ended, whoever was killed in
-- between; one that fails is seen in the log and does not stop the others.
create function private.expire_quarantine() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_rows integer;
begin
  delete from public."TbIngestaoErro" q
  where q."cdErro" in (
    select v."cdErro" from public."TbIngestaoErro" v where v."dtExpiracao" < now()
    order by v."dsHash", v."dsMotivo" limit 10000 for update skip locked);
  get diagnostics v_rows = row_count;
  delete from public."TbManutencaoExecucao" e where e."dtInicio" < now() - interval '90 days';
  -- of runs that had nothing to do two days are enough
  delete from public."TbManutencaoExecucao" e
  where e."dtInicio" < now() - interval '2 days' and e."nrLinhas" = 0 and e."dsErro" is null;
  return v_rows;
end
$$;
comment on function private.expire_quarantine is 'Deletes quarantined payloads and log entries whose time is over; returns how many payloads.';
revoke all on function private.expire_quarantine from public;
