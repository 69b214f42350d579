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
create index "TbManutencaoExecucao_ociosa_idx" on public."TbManutencaoExecucao" ("dtInicio")
  where "nrLinhas" = 0 and "dsErro" is null;
create index "TbManutencaoExecucao_falha_idx" on public."TbManutencaoExecucao" ("dsPasso", "dtInicio")
  where "dsErro" is not null;
alter table public."TbManutencaoExecucao" enable row level security;
revoke all on public."TbManutencaoExecucao" from public, anon, authenticated;
grant select on public."TbManutencaoExecucao" to service_role;
comment on table public."TbManutencaoExecucao" is 'Maintenance log: one row for each step of a run.';
comment on column public."TbManutencaoExecucao"."nrLinhas" is
  'What the step counts: partitions created, hours summed up, dirty hours done, rows deleted.';
comment on column public."TbManutencaoExecucao"."dsErro" is 'Error of the step; null when it succeeded.';
comment on column public."TbManutencaoExecucao"."dsQuem" is 'Run that the step belongs to.';
