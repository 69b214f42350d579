create table public."TbTipoSensor" (
  id bigint primary key,
  "dsNome" text not null constraint "TbTipoSensor_dsNome_max_255" check (char_length("dsNome") <= 255),
  "dsDescricao" text
    constraint "TbTipoSensor_dsDescricao_max_4000" check (char_length("dsDescricao") <= 4000),
  "dtRegistro" timestamptz not null default now(),
  "dsUnidade" text constraint "TbTipoSensor_dsUnidade_max_255" check (char_length("dsUnidade") <= 255)
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
comment on constraint "TbTipoSensor_dsNome_max_255" on public."TbTipoSensor" is
  'dsNome has at most 255 characters';
comment on constraint "TbTipoSensor_dsDescricao_max_4000" on public."TbTipoSensor" is
  'dsDescricao has at most 4000 characters';
comment on constraint "TbTipoSensor_dsUnidade_max_255" on public."TbTipoSensor" is
  'dsUnidade has at most 255 characters';
