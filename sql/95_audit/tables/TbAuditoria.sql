create table public."TbAuditoria" (
  "cdAuditoria" bigint generated always as identity primary key,
  "dtRegistro" timestamptz not null default clock_timestamp(),
  "dsTabela" text not null,
  "dsOperacao" text not null,
  "dsChamador" text,
  "dsRequisicao" text,
  "cdClientes" integer[],
  "cdCliente" integer,
  "jsAntes" jsonb,
  "jsDepois" jsonb,
  "cdClienteApagado" integer
);
create index "TbAuditoria_cdCliente_dtRegistro_idx" on public."TbAuditoria" ("cdCliente", "dtRegistro");
alter table public."TbAuditoria" enable row level security;
revoke all on public."TbAuditoria" from public, anon, authenticated;
grant select on public."TbAuditoria" to authenticated, service_role;
comment on table public."TbAuditoria" is
  'Audit log: who changed what people manage (clients, devices, sensors, sites, keys …), before and after.';
comment on column public."TbAuditoria"."dsRequisicao" is 'Request id, as in the log of the API.';
comment on column public."TbAuditoria"."cdClientes" is 'Clients that the caller acted for.';
comment on column public."TbAuditoria"."cdCliente" is
  'Client of the row, or of the caller where the row has none; its admins see the entry.';
comment on column public."TbAuditoria"."cdClienteApagado" is
  'The client of the row after that client was deleted; only the service sees the entry then.';
