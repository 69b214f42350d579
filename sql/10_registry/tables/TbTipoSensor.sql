create table public."TbTipoSensor" (
  id bigint primary key,
  "dsNome" text not null,
  "dsDescricao" text,
  "dtRegistro" timestamptz not null default now(),
  "dsUnidade" text
);
alter table public."TbTipoSensor" enable row level security;
revoke all on public."TbTipoSensor" from public, anon, authenticated;
grant select on public."TbTipoSensor" to authenticated;
grant select, delete on public."TbTipoSensor" to service_role;
grant insert (id, "dsNome", "dsDescricao", "dsUnidade")
  on public."TbTipoSensor" to service_role;
grant update ("dsNome", "dsDescricao", "dsUnidade")
  on public."TbTipoSensor" to service_role;
comment on table public."TbTipoSensor" is
  'Kinds of sensors. The numbers never change: clients depend on them.';
