create table public."TbEventoDispositivo" (
  "cdEvento" bigint generated always as identity primary key,
  "cdDispositivo" integer not null,
  "cdCliente" integer not null,
  "dtRegistro" timestamp not null,
  "dsTipo" text not null,
  "dsPayload" jsonb not null,
  "dtRecebimento" timestamptz not null default now(),
  unique ("cdDispositivo", "dtRegistro", "dsTipo", "cdCliente")
);
create index "TbEventoDispositivo_cdCliente_idx" on public."TbEventoDispositivo" ("cdCliente");
alter table public."TbEventoDispositivo" enable row level security;
revoke all on public."TbEventoDispositivo" from public, anon, authenticated;
grant select on public."TbEventoDispositivo" to authenticated, service_role;
comment on table public."TbEventoDispositivo" is 'Events that devices send.';
comment on column public."TbEventoDispositivo"."dtRegistro" is 'When it happened, UTC.';
comment on column public."TbEventoDispositivo"."dsTipo" is 'event_type of the message.';
