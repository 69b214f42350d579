create table public."TbDispositivo" (
  "cdDispositivo" serial primary key,
  "dsDispositivo" text
    constraint "TbDispositivo_dsDispositivo_max_255" check (char_length("dsDispositivo") <= 255),
  "dsModelo" integer,
  "dsDescricao" text
    constraint "TbDispositivo_dsDescricao_max_4000" check (char_length("dsDescricao") <= 4000),
  "dsObs" text constraint "TbDispositivo_dsObs_max_4000" check (char_length("dsObs") <= 4000),
  "dsLayout" text constraint "TbDispositivo_dsLayout_max_4000" check (char_length("dsLayout") <= 4000),
  "nrChip" bigint,
  "cdStatus" public.status,
  "dtRegistro" timestamp not null default (now() at time zone 'UTC'),
  "cdDestinatario" integer,
  "cdProduto" integer,
  "cdCliente" integer,
  "horarioMedicaoInicio" time,
  "horarioMedicaoFim" time,
  "cdUnidadeBat" text not null default 'V' check ("cdUnidadeBat" in ('V', 'mV', '%'))
);
create index "TbDispositivo_cdCliente_cdStatus_idx" on public."TbDispositivo" ("cdCliente", "cdStatus");
create index "TbDispositivo_cdProduto_idx" on public."TbDispositivo" ("cdProduto");
create index "TbDispositivo_cdDestinatario_idx" on public."TbDispositivo" ("cdDestinatario");
alter table public."TbDispositivo" enable row level security;
revoke all on public."TbDispositivo" from public, anon, authenticated;
grant select, delete on public."TbDispositivo" to authenticated, service_role;
grant insert ("dsDispositivo", "dsModelo", "dsDescricao", "dsObs", "dsLayout", "nrChip", "cdStatus",
  "cdDestinatario", "cdProduto", "cdCliente", "horarioMedicaoInicio", "horarioMedicaoFim", "cdUnidadeBat")
  on public."TbDispositivo" to authenticated, service_role;
grant update ("dsDispositivo", "dsModelo", "dsDescricao", "dsObs", "dsLayout", "nrChip", "cdStatus",
  "cdDestinatario", "cdProduto", "cdCliente", "horarioMedicaoInicio", "horarioMedicaoFim", "cdUnidadeBat")
  on public."TbDispositivo" to authenticated, service_role;
grant usage on sequence public."TbDispositivo_cdDispositivo_seq" to authenticated, service_role;
comment on table public."TbDispositivo" is
  'Field devices. A device that has history can be retired, not deleted.';
comment on constraint "TbDispositivo_dsDispositivo_max_255" on public."TbDispositivo" is
  'dsDispositivo has at most 255 characters';
comment on constraint "TbDispositivo_dsDescricao_max_4000" on public."TbDispositivo" is
  'dsDescricao has at most 4000 characters';
comment on constraint "TbDispositivo_dsObs_max_4000" on public."TbDispositivo" is
  'dsObs has at most 4000 characters';
comment on constraint "TbDispositivo_dsLayout_max_4000" on public."TbDispositivo" is
  'dsLayout has at most 4000 characters';
comment on column public."TbDispositivo"."horarioMedicaoInicio" is
  'Start of the daily measuring window, UTC time of day, included; may be later than the end.';
comment on column public."TbDispositivo"."horarioMedicaoFim" is
  'End of the daily measuring window, UTC time of day, included.';
comment on column public."TbDispositivo"."cdUnidadeBat" is
  'What the device sends as nrBat: V, mV or % (of 3.7 V). Volts are stored.';
comment on constraint "TbDispositivo_cdUnidadeBat_check" on public."TbDispositivo" is
  'cdUnidadeBat must be V, mV or %';
