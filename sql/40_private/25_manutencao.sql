-- Upkeep, in bounded steps. Each step is logged and committed on its own; one that fails is seen in the log and does not
-- stop the others.

create function private.expirar_erros() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_linhas integer;
begin
  delete from public."TbIngestaoErro" q
  where q."cdErro" in (
    select v."cdErro" from public."TbIngestaoErro" v where v."dtExpiracao" < now()
    order by v."dsHash", v."dsMotivo" limit 10000 for update skip locked);
  get diagnostics v_linhas = row_count;
  delete from public."TbManutencaoExecucao" e where e."dtInicio" < now() - interval '90 days';
  return v_linhas;
end
$$;
comment on function private.expirar_erros() is 'Deletes quarantined payloads and log entries whose time is over; returns how many payloads.';
revoke all on function private.expirar_erros() from public;

create function private.executar_passo(p_passo text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_inicio timestamptz := clock_timestamp();
  v_linhas integer;
  v_erro text;
begin
  begin
    execute format('select private.%I()', p_passo) into v_linhas;
  exception when others then -- whatever it is, it belongs in the log and must not stop the next step
    v_erro := sqlstate || ' ' || sqlerrm;
  end;
  insert into public."TbManutencaoExecucao" ("dsPasso", "dtInicio", "dtFim", "nrLinhas", "dsErro")
  values (p_passo, v_inicio, clock_timestamp(), v_linhas, v_erro);
end
$$;
comment on function private.executar_passo(text) is 'Runs one step of the upkeep and logs how it went.';
revoke all on function private.executar_passo(text) from public;

-- No SET clause: a procedure that has one may not commit.
create procedure private.manutencao()
language plpgsql as $$
declare
  v_passo text;
begin
  foreach v_passo in array array['garantir_particoes', 'expirar_erros'] loop
    perform private.executar_passo(v_passo);
    commit;
  end loop;
end
$$;
comment on procedure private.manutencao() is 'The whole upkeep, run by pg_cron every hour.';
revoke all on procedure private.manutencao() from public;
