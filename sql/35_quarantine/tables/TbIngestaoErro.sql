create table public."TbIngestaoErro" (
  "cdErro" bigint generated always as identity primary key,
  "dsChamador" text not null,
  "dsMotivo" text not null check ("dsMotivo" <> 'FORBIDDEN_DEVICE'),
  "dsHash" bytea not null,
  "dsTexto" text not null,
  "dsPayload" bytea not null check (octet_length("dsPayload") <= 16384),
  "nrTamanho" bigint not null,
  "blReprocessavel" boolean not null,
  "cdCliente" integer,
  "cdDispositivo" integer,
  "blDispositivo" boolean not null default false,
  "dsOrigem" text not null generated always as (
    case when "blDispositivo" then 'device:' || "cdDispositivo"::text else "dsChamador" end) stored,
  "dsTopico" text check (octet_length("dsTopico") <= 1024),
  "dsPropriedades" jsonb check (octet_length("dsPropriedades"::text) <= 4096),
  "nrOcorrencias" bigint not null default 1,
  "dtPrimeira" timestamptz not null default now(),
  "dtUltima" timestamptz not null default now(),
  "dtExpiracao" timestamptz not null,
  unique nulls not distinct ("dsHash", "dsMotivo", "dsChamador", "cdCliente", "cdDispositivo")
);
create index "TbIngestaoErro_cdCliente_cdErro_idx" on public."TbIngestaoErro" ("cdCliente", "cdErro");
create index "TbIngestaoErro_dsOrigem_idx" on public."TbIngestaoErro"
  (coalesce("cdCliente", 0), "dsOrigem", "cdErro");
create index "TbIngestaoErro_dtExpiracao_idx" on public."TbIngestaoErro" ("dtExpiracao");
alter table public."TbIngestaoErro" enable row level security;
revoke all on public."TbIngestaoErro" from public, anon, authenticated;
grant select on public."TbIngestaoErro" to authenticated, service_role;
comment on table public."TbIngestaoErro" is
  'Quarantine: what could not be stored, why, and how often it arrived. Replayed by reprocessar_erros.';
comment on column public."TbIngestaoErro"."dsChamador" is
  'Who sent it: user:<uuid>, key:<SHA-256> or service.';
comment on column public."TbIngestaoErro"."dsMotivo" is
  'Error code. A device of another client is UNKNOWN_DEVICE here, too: see private.TbErroAlheio.';
comment on column public."TbIngestaoErro"."dsHash" is
  'SHA-256 of the canonical bytes of the element, or of the body that was not JSON.';
comment on column public."TbIngestaoErro"."dsTexto" is 'What is wrong, for a person.';
comment on column public."TbIngestaoErro"."dsPayload" is
  'The element or body; only its first 16,384 bytes when it is larger.';
comment on column public."TbIngestaoErro"."nrTamanho" is 'Full length in bytes.';
comment on column public."TbIngestaoErro"."blReprocessavel" is
  'The payload is whole, and is JSON or came with the topic of a gateway, so that it can be replayed.';
comment on column public."TbIngestaoErro"."cdCliente" is
  'Whose it is, for good: its admins see, replay and discard it. See private.quarantine_owner.';
comment on column public."TbIngestaoErro"."cdDispositivo" is 'Device it names, which need not exist.';
comment on column public."TbIngestaoErro"."blDispositivo" is 'The device exists and was the client''s.';
comment on column public."TbIngestaoErro"."dsOrigem" is
  'What gives way together in a full quarantine: rows of one device of the client, or else of one caller.';
comment on column public."TbIngestaoErro"."dsTopico" is 'MQTT topic of a message that could not be read.';
comment on column public."TbIngestaoErro"."dsPropriedades" is 'MQTT user properties of that message.';
comment on column public."TbIngestaoErro"."dtExpiracao" is 'Kept until then.';
