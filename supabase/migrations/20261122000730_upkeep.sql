-- Upkeep, and who runs it.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/30_tables/28_TbManutencaoExecucao.sql
create table public."TbManutencaoExecucao" (
  "cdExecucao" bigint generated always as identity primary key,
  "dsPasso" text not null,
  "dtInicio" timestamptz not null default clock_timestamp(),
  "dtFim" timestamptz,
  "nrLinhas" bigint,
  "dsErro" text
);
create index "TbManutencaoExecucao_dtInicio_idx" on public."TbManutencaoExecucao" ("dtInicio");
alter table public."TbManutencaoExecucao" enable row level security;
revoke all on public."TbManutencaoExecucao" from public, anon, authenticated;
grant select on public."TbManutencaoExecucao" to service_role;

comment on table public."TbManutencaoExecucao" is 'What the upkeep did, when, and what went wrong.';
comment on column public."TbManutencaoExecucao"."nrLinhas" is 'What the step counts: partitions made, rows expired.';
comment on column public."TbManutencaoExecucao"."dsErro" is 'Null when the step succeeded.';
-- end

-- from sql/40_private/25_manutencao.sql
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
-- end

-- from sql/90_jobs/01_agenda.sql
-- Where pg_cron is installed it runs the upkeep; elsewhere whoever operates the database calls private.manutencao().
do $$
begin
  if to_regprocedure('cron.schedule(text,text,text)') is not null then
    perform cron.schedule('rastro-manutencao', '7 * * * *', 'call private.manutencao()');
  end if;
end
$$;
-- end
