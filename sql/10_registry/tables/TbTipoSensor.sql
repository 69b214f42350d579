create table public."TbTipoSensor" (
  id bigserial primary key,
  "dsNome" text not null constraint "TbTipoSensor_dsNome_max_255" check (char_length("dsNome") <= 255),
  "dsDescricao" text
    constraint "TbTipoSensor_dsDescricao_max_4000" check (char_length("dsDescricao") <= 4000),
  "dtRegistro" timestamptz not null default now(),
  "dsUnidade" text constraint "TbTipoSensor_dsUnidade_max_255" check (char_length("dsUnidade") <= 255),
  "dsAgregacao" text not null default 'mean' check ("dsAgregacao" in ('sum', 'mean', 'last')),
  "cdStatus" public.status,
  "cdCliente" integer,
  unique ("dsNome", "cdCliente")
);
create index "TbTipoSensor_cdCliente_idx" on public."TbTipoSensor" ("cdCliente");
alter table public."TbTipoSensor" enable row level security;
revoke all on public."TbTipoSensor" from public, anon, authenticated;
grant select, delete on public."TbTipoSensor" to authenticated, service_role;
grant insert ("dsNome", "dsDescricao", "dsUnidade", "dsAgregacao", "cdStatus", "cdCliente")
  on public."TbTipoSensor" to authenticated, service_role;
grant update ("dsNome", "dsDescricao", "dsUnidade", "dsAgregacao", "cdStatus", "cdCliente")
  on public."TbTipoSensor" to authenticated, service_role;
grant usage on sequence public."TbTipoSensor_id_seq" to authenticated, service_role;
comment on table public."TbTipoSensor" is
  'Kinds of sensors: those of the contract (1 to 18), others for all clients, and those of one client.';
comment on constraint "TbTipoSensor_dsNome_max_255" on public."TbTipoSensor" is
  'dsNome has at most 255 characters';
comment on constraint "TbTipoSensor_dsDescricao_max_4000" on public."TbTipoSensor" is
  'dsDescricao has at most 4000 characters';
comment on constraint "TbTipoSensor_dsUnidade_max_255" on public."TbTipoSensor" is
  'dsUnidade has at most 255 characters';
comment on constraint "TbTipoSensor_dsAgregacao_check" on public."TbTipoSensor" is
  'dsAgregacao must be sum, mean or last';
comment on constraint "TbTipoSensor_dsNome_cdCliente_key" on public."TbTipoSensor" is
  'dsNome: the client already has a sensor type of this name';
comment on column public."TbTipoSensor"."dsUnidade" is
  'Unit in which values are stored; readings may use others of TbUnidade that measure the same.';
comment on column public."TbTipoSensor"."dsAgregacao" is
  'What stands for several values: their sum, their mean, or the last of them.';
comment on column public."TbTipoSensor"."cdStatus" is 'encerrado: new sensors cannot have this type.';
comment on column public."TbTipoSensor"."cdCliente" is
  'Owner: its people alone see it, and its devices alone use it. Null: everybody, maintained by the service.';
