create table public."TbDispositivo" (
  "cdDispositivo" serial primary key,
  "dsDispositivo" text,
  "dsModelo" integer,
  "dsDescricao" text,
  "dsObs" text,
  "dsLayout" text,
  "nrChip" bigint,
  "cdStatus" public.status,
  "dtRegistro" timestamp not null default (now() at time zone 'UTC'),
  "cdDestinatario" integer,
  "cdProduto" integer,
  "cdCliente" integer,
  "horarioMedicaoInicio" time,
  "horarioMedicaoFim" time
);
create index "TbDispositivo_cdCliente_cdStatus_idx" on public."TbDispositivo" ("cdCliente", "cdStatus");
create index "TbDispositivo_cdProduto_idx" on public."TbDispositivo" ("cdProduto");
create index "TbDispositivo_cdDestinatario_idx" on public."TbDispositivo" ("cdDestinatario");
alter table public."TbDispositivo" enable row level security;
revoke all on public."TbDispositivo" from public, anon, authenticated;
grant select, delete on public."TbDispositivo" to authenticated, service_role;
grant insert ("dsDispositivo", "dsModelo", "dsDescricao", "dsObs", "dsLayout", "nrChip", "cdStatus",
  "cdDestinatario", "cdProduto", "cdCliente", "horarioMedicaoInicio", "horarioMedicaoFim")
  on public."TbDispositivo" to authenticated, service_role;
grant update ("dsDispositivo", "dsModelo", "dsDescricao", "dsObs", "dsLayout", "nrChip", "cdStatus",
  "cdDestinatario", "cdProduto", "cdCliente", "horarioMedicaoInicio", "horarioMedicaoFim")
  on public."TbDispositivo" to authenticated, service_role;
grant usage on sequence public."TbDispositivo_cdDispositivo_seq" to authenticated, service_role;
comment on table public."TbDispositivo" is
  'Field devices. A device that has history can be retired, not deleted.';
comment on column public."TbDispositivo"."horarioMedicaoInicio" is
  'Start of the daily measuring window, UTC time of day, included; may be later than the end.';
comment on column public."TbDispositivo"."horarioMedicaoFim" is
  'End of the daily measuring window, UTC time of day, included.';
