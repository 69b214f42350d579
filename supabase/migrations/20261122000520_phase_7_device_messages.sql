-- Phase 7, messages of devices beside their readings: answers to commands, and events.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/30_tables/26_TbComandoAck.sql
create table public."TbComandoAck" (
  "cdDispositivo" integer not null references public."TbDispositivo",
  "cdComando" text not null,
  "cdCliente" integer not null references public."TbCliente",
  "blOk" boolean not null,
  "dtExecucao" timestamptz,
  "dsPayload" jsonb not null,
  "dtRegistro" timestamptz not null default now(),
  "dtAlteracao" timestamptz not null default now(),
  primary key ("cdDispositivo", "cdComando")
);
create index "TbComandoAck_cdCliente_idx" on public."TbComandoAck" ("cdCliente");
alter table public."TbComandoAck" enable row level security;
revoke all on public."TbComandoAck" from public, anon, authenticated;
grant select on public."TbComandoAck" to authenticated, service_role;

comment on table public."TbComandoAck" is 'Answers of devices to commands, one row per command.';
comment on column public."TbComandoAck"."cdComando" is 'cmd_id of the acknowledgement.';
comment on column public."TbComandoAck"."dtExecucao" is 'When the device carried the command out, if it said so.';
comment on column public."TbComandoAck"."dtAlteracao" is 'When the latest acknowledgement of the command came.';
-- end

-- from sql/30_tables/27_TbEventoDispositivo.sql
create table public."TbEventoDispositivo" (
  "cdEvento" bigint generated always as identity primary key,
  "cdDispositivo" integer not null references public."TbDispositivo",
  "cdCliente" integer not null references public."TbCliente",
  "dtRegistro" timestamp not null,
  "dsTipo" text not null,
  "dsPayload" jsonb not null,
  "dtRecebimento" timestamptz not null default now(),
  unique ("cdDispositivo", "dtRegistro", "dsTipo")
);
create index "TbEventoDispositivo_cdCliente_idx" on public."TbEventoDispositivo" ("cdCliente");
alter table public."TbEventoDispositivo" enable row level security;
revoke all on public."TbEventoDispositivo" from public, anon, authenticated;
grant select on public."TbEventoDispositivo" to authenticated, service_role;

comment on table public."TbEventoDispositivo" is 'Events that devices report.';
comment on column public."TbEventoDispositivo"."dtRegistro" is 'When it happened, UTC.';
comment on column public."TbEventoDispositivo"."dsTipo" is 'event_type of the message.';
-- end

-- from sql/80_policies/06_mensagens.sql
-- What devices answer and report stays with the owner at receipt, as the time series do.
create policy ler on public."TbComandoAck" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
create policy ler on public."TbEventoDispositivo" for select to authenticated
  using ("cdCliente" = any ((select private.clientes_visiveis())::integer[]));
-- end
