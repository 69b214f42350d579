create table public."TbIngestaoErro" (
  "cdErro" bigint generated always as identity primary key,
  "dsChamador" text not null,
  "dsMotivo" text not null,
  "dsHash" bytea not null,
  "dsTexto" text not null,
  "dsPayload" bytea not null check (octet_length("dsPayload") <= 16384),
  "nrTamanho" bigint not null,
  "blReprocessavel" boolean not null,
  "cdCliente" integer,
  "cdClientes" integer[] not null,
  "nrOcorrencias" bigint not null default 1,
  "dtPrimeira" timestamptz not null default now(),
  "dtUltima" timestamptz not null default now(),
  "dtExpiracao" timestamptz not null,
  unique ("dsChamador", "dsHash", "dsMotivo")
);
create index "TbIngestaoErro_cdCliente_idx" on public."TbIngestaoErro" ("cdCliente");
create index "TbIngestaoErro_dtExpiracao_idx" on public."TbIngestaoErro" ("dtExpiracao");
alter table public."TbIngestaoErro" enable row level security;
revoke all on public."TbIngestaoErro" from public, anon, authenticated;
grant select on public."TbIngestaoErro" to authenticated, service_role;
comment on table public."TbIngestaoErro" is
  'Quarantine: what could not be stored, why, and how often it arrived. Replayed by reprocessar_erros.';
comment on column public."TbIngestaoErro"."dsChamador" is
  'Who sent it: user:<uuid>, key:<SHA-256> or service.';
comment on column public."TbIngestaoErro"."dsMotivo" is
  'Error code. FORBIDDEN_DEVICE is reported to the caller as UNKNOWN_DEVICE.';
comment on column public."TbIngestaoErro"."dsHash" is
  'SHA-256 of the canonical bytes of the element, or of the body that was not JSON.';
comment on column public."TbIngestaoErro"."dsTexto" is 'What is wrong, for a person.';
comment on column public."TbIngestaoErro"."dsPayload" is
  'The element or body; only its first 16,384 bytes when it is larger.';
comment on column public."TbIngestaoErro"."nrTamanho" is 'Full length in bytes.';
comment on column public."TbIngestaoErro"."blReprocessavel" is
  'The payload is whole and is JSON, so that it can be replayed.';
comment on column public."TbIngestaoErro"."cdCliente" is 'Client charged for it: the caller''s own.';
comment on column public."TbIngestaoErro"."cdClientes" is 'Clients whose admins see it.';
comment on column public."TbIngestaoErro"."dtExpiracao" is 'Kept until then.';
