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
