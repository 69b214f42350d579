create table public."TbComandoAck" (
  "cdDispositivo" integer not null,
  "cdComando" text not null,
  "cdCliente" integer not null,
  "blOk" boolean not null,
  "dtExecucao" timestamptz,
  "dsPayload" jsonb not null,
  "dtRegistro" timestamptz not null default now(),
  "dtAlteracao" timestamptz not null default now(),
  primary key ("cdDispositivo", "cdComando", "cdCliente")
);
create index "TbComandoAck_cdCliente_idx" on public."TbComandoAck" ("cdCliente");
alter table public."TbComandoAck" enable row level security;
revoke all on public."TbComandoAck" from public, anon, authenticated;
grant select on public."TbComandoAck" to authenticated, service_role;
comment on table public."TbComandoAck" is
  'Answers of devices to commands, one row per command and owner at receipt.';
comment on column public."TbComandoAck"."cdComando" is 'cmd_id of the acknowledgement.';
comment on column public."TbComandoAck"."dtExecucao" is
  'When the device executed the command, as it reported; otherwise when it published the message, if that is '
  'known, or when it was received.';
comment on column public."TbComandoAck"."dtAlteracao" is
  'When the latest acknowledgement of the command arrived.';
