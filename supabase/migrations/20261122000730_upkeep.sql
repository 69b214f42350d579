-- Upkeep, and who runs it.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/10_schemas/06_rastro_manutencao.sql
-- The login that runs the upkeep where there is no pg_cron. It may do nothing else. Its password is set outside migrations.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'rastro_manutencao') then
    create role rastro_manutencao login noinherit;
  end if;
end
$$;
grant usage on schema private to rastro_manutencao;
-- end

-- from sql/30_tables/37_TbManutencaoConcessao.sql
-- An expiring row rather than an advisory lock: those vanish at COMMIT, or stay with a pooled session.
create table private."TbManutencaoConcessao" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "dsQuem" text,
  "dtExpira" timestamptz not null default '-infinity'
);
alter table private."TbManutencaoConcessao" enable row level security;
insert into private."TbManutencaoConcessao" default values;

comment on table private."TbManutencaoConcessao" is 'Lease of the upkeep, one row: never two at work.';
comment on column private."TbManutencaoConcessao"."dsQuem" is 'Who is at work: server process and a number of its own.';
comment on column private."TbManutencaoConcessao"."dtExpira" is 'Until when; renewed before every step. After it another may go on.';
-- end

-- from sql/30_tables/28_TbManutencaoExecucao.sql
create table public."TbManutencaoExecucao" (
  "cdExecucao" bigint generated always as identity primary key,
  "dsPasso" text not null,
  "dtInicio" timestamptz not null default clock_timestamp(),
  "dtFim" timestamptz,
  "nrLinhas" bigint,
  "dsErro" text,
  "dsQuem" text
);
create index "TbManutencaoExecucao_dtInicio_idx" on public."TbManutencaoExecucao" ("dtInicio");
create index "TbManutencaoExecucao_ociosa_idx" on public."TbManutencaoExecucao" ("dtInicio") where "nrLinhas" = 0 and "dsErro" is null;
create index "TbManutencaoExecucao_falha_idx" on public."TbManutencaoExecucao" ("dsPasso", "dtInicio") where "dsErro" is not null;
alter table public."TbManutencaoExecucao" enable row level security;
revoke all on public."TbManutencaoExecucao" from public, anon, authenticated;
grant select on public."TbManutencaoExecucao" to service_role;

comment on table public."TbManutencaoExecucao" is 'What the upkeep did, when, and what went wrong.';
comment on column public."TbManutencaoExecucao"."nrLinhas" is 'What the step counts: partitions made, hours summed up, marks done, rows expired.';
comment on column public."TbManutencaoExecucao"."dsErro" is 'Null when the step succeeded.';
comment on column public."TbManutencaoExecucao"."dsQuem" is 'The run it belongs to.';
-- end

-- from sql/40_private/49_manutencao.sql
-- Upkeep, in bounded steps. Each is one transaction, logged, and goes on where the last one ended, whoever was killed in
-- between; one that fails is seen in the log and does not stop the others.

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
  -- of runs that had nothing to do two days are enough
  delete from public."TbManutencaoExecucao" e
  where e."dtInicio" < now() - interval '2 days' and e."nrLinhas" = 0 and e."dsErro" is null;
  return v_linhas;
end
$$;
comment on function private.expirar_erros() is 'Deletes quarantined payloads and log entries whose time is over; returns how many payloads.';
revoke all on function private.expirar_erros() from public;

-- The lease, for p_quem, until shortly after now. Whoever works holds the row locked as well, so that one who was thought
-- to be gone and is not cannot be joined by another.
create function private.tomar_concessao(p_quem text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform from private."TbManutencaoConcessao" c
  where c."dsQuem" = p_quem or c."dtExpira" < clock_timestamp()
  for update skip locked;
  if not found then
    return false;
  end if;
  update private."TbManutencaoConcessao" set "dsQuem" = p_quem, "dtExpira" = clock_timestamp() + interval '2 minutes';
  return true;
end
$$;
comment on function private.tomar_concessao(text) is 'Takes or renews the lease of the upkeep; false when another has it.';
revoke all on function private.tomar_concessao(text) from public;

create function private.devolver_concessao(p_quem text) returns void
language sql security definer set search_path = pg_catalog, pg_temp as $$
  update private."TbManutencaoConcessao" set "dtExpira" = '-infinity' where "dsQuem" = p_quem
$$;
comment on function private.devolver_concessao(text) is 'Gives the lease of the upkeep back.';
revoke all on function private.devolver_concessao(text) from public;
grant execute on function private.devolver_concessao(text) to rastro_manutencao;

create function private.passos() returns text[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select '{garantir_particoes,avancar_marca,refazer_pendentes,recontar_janelas,recuar_piso,expirar_erros,expirar_brutos,
           expirar_rollups,soltar_particoes}'::text[]
$$;
comment on function private.passos() is 'The steps of the upkeep, in their order.';
revoke all on function private.passos() from public;
grant execute on function private.passos() to rastro_manutencao;

-- Runs one step; true when it did something and may have more to do, null when another has the lease. One line in the log for
-- each step of a run. Security definer: whoever runs the upkeep may do only that.
create function private.executar_passo(p_passo text, p_quem text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_inicio timestamptz := clock_timestamp();
  v_linhas bigint := 0;
  v_erro text;
begin
  if not p_passo = any (private.passos()) then
    raise sqlstate 'PT400' using message = format('%s is no step of the upkeep', p_passo), hint = 'INVALID_PARAMETER';
  end if;
  if not private.tomar_concessao(p_quem) then
    return null;
  end if;
  begin
    execute format('select private.%I()', p_passo) into v_linhas;
  exception when others then -- whatever it is, it belongs in the log and must not stop the next step
    v_erro := sqlstate || ' ' || sqlerrm;
  end;
  update public."TbManutencaoExecucao" e
  set "dtFim" = clock_timestamp(), "nrLinhas" = e."nrLinhas" + coalesce(v_linhas, 0), "dsErro" = v_erro
  where e."dsQuem" = p_quem and e."dsPasso" = p_passo and e."dtInicio" > now() - interval '1 hour';
  if not found then
    insert into public."TbManutencaoExecucao" ("dsPasso", "dtInicio", "dtFim", "nrLinhas", "dsErro", "dsQuem")
    values (p_passo, v_inicio, clock_timestamp(), coalesce(v_linhas, 0), v_erro, p_quem);
  end if;
  return v_erro is null and v_linhas > 0;
end
$$;
comment on function private.executar_passo(text, text) is 'Runs one step of the upkeep and logs how it went.';
revoke all on function private.executar_passo(text, text) from public;
grant execute on function private.executar_passo(text, text) to rastro_manutencao;

-- No SET clause: a procedure that has one may not commit. Each step is repeated while it has more to do and time is left.
create procedure private.manutencao(p_segundos integer default 45)
language plpgsql as $$
declare
  v_quem text := pg_catalog.pg_backend_pid() || '-' || pg_catalog.gen_random_uuid();
  v_fim timestamptz := pg_catalog.clock_timestamp() + pg_catalog.make_interval(secs => p_segundos);
  v_passo text;
  v_mais boolean;
begin
  foreach v_passo in array private.passos() loop
    loop
      v_mais := private.executar_passo(v_passo, v_quem);
      commit;
      exit when v_mais is not true or pg_catalog.clock_timestamp() > v_fim;
    end loop;
    exit when v_mais is null;
  end loop;
  perform private.devolver_concessao(v_quem);
  commit;
end
$$;
comment on procedure private.manutencao(integer) is 'The whole upkeep, run every minute: works for about so many seconds and returns at once when another is at work.';
revoke all on procedure private.manutencao(integer) from public;
grant execute on procedure private.manutencao(integer) to rastro_manutencao;
-- end

-- from sql/90_jobs/01_agenda.sql
-- Where pg_cron is installed it runs the upkeep; elsewhere python -m app.maintenance does.
do $$
begin
  if to_regprocedure('cron.schedule(text,text,text)') is not null then
    perform cron.schedule('rastro-manutencao', '* * * * *', 'call private.manutencao()');
  end if;
end
$$;
-- end
