create table public."TbApiKeys" (
  "cdApiKey" uuid primary key default gen_random_uuid(),
  "cdUsuario" uuid not null,
  "dsNome" text constraint "TbApiKeys_dsNome_max_1000" check (char_length("dsNome") <= 1000),
  "cdClientes" integer[]
    constraint "TbApiKeys_cdClientes_max_10000" check (cardinality("cdClientes") <= 10000),
  "blAtiva" boolean not null default true,
  "dtRegistro" timestamptz not null default now(),
  "dtExpiracao" timestamptz
    constraint "TbApiKeys_dtExpiracao_check"
      check ("dtExpiracao" >= '2000-01-01Z' and "dtExpiracao" < '10000-01-01Z'),
  "dsPermissoes" text[] not null default '{read}' check ("dsPermissoes" <@ '{read,ingest,admin}'::text[])
    constraint "TbApiKeys_dsPermissoes_max_3" check (cardinality("dsPermissoes") <= 3),
  "dsHash" text not null unique check ("dsHash" ~ '^[0-9a-f]{64}$'),
  "dsPrefixo" text constraint "TbApiKeys_dsPrefixo_max_50" check (char_length("dsPrefixo") <= 50),
  "nrLimiteMinuto" integer check ("nrLimiteMinuto" > 0),
  "nrCotaDiaria" integer check ("nrCotaDiaria" > 0),
  "cdCliente" integer,
  "cdApiKeyMae" uuid,
  "cdPortador" uuid
);
create index "TbApiKeys_cdUsuario_idx" on public."TbApiKeys" ("cdUsuario");
create index "TbApiKeys_cdCliente_idx" on public."TbApiKeys" ("cdCliente");
create index "TbApiKeys_cdApiKeyMae_idx" on public."TbApiKeys" ("cdApiKeyMae");
create index "TbApiKeys_cdPortador_idx" on public."TbApiKeys" ("cdPortador") where "cdPortador" is not null;
alter table public."TbApiKeys" enable row level security;
revoke all on public."TbApiKeys" from public, anon, authenticated;
-- All but dsHash, as in private.describe_key.
grant select ("cdApiKey", "cdUsuario", "dsNome", "cdClientes", "blAtiva", "dtRegistro", "dtExpiracao",
  "dsPermissoes", "dsPrefixo", "nrLimiteMinuto", "nrCotaDiaria", "cdCliente", "cdApiKeyMae", "cdPortador")
  on public."TbApiKeys" to authenticated;
grant select, delete on public."TbApiKeys" to service_role;
grant insert ("cdUsuario", "dsNome", "cdClientes", "blAtiva", "dtExpiracao", "dsPermissoes", "dsHash",
  "dsPrefixo", "nrLimiteMinuto", "nrCotaDiaria")
  on public."TbApiKeys" to service_role;
grant update ("dsNome", "cdClientes", "blAtiva", "dtExpiracao", "dsPermissoes", "nrLimiteMinuto",
  "nrCotaDiaria")
  on public."TbApiKeys" to service_role;
comment on table public."TbApiKeys" is
  'API keys of integrations and gateways. The key itself is shown once and not stored.';
comment on constraint "TbApiKeys_dsNome_max_1000" on public."TbApiKeys" is
  'dsNome has at most 1000 characters';
comment on constraint "TbApiKeys_cdClientes_max_10000" on public."TbApiKeys" is
  'cdClientes has at most 10000 elements';
comment on constraint "TbApiKeys_dsPermissoes_max_3" on public."TbApiKeys" is
  'dsPermissoes has at most 3 elements';
comment on constraint "TbApiKeys_dsPrefixo_max_50" on public."TbApiKeys" is
  'dsPrefixo has at most 50 characters';
comment on column public."TbApiKeys"."dsHash" is 'SHA-256 of the key, lower-case hexadecimal.';
comment on column public."TbApiKeys"."dsPrefixo" is
  'First characters of the key, so that people can recognise it.';
comment on column public."TbApiKeys"."cdClientes" is
  'Clients the key was made for; it acts for those that its owner still sees. Null, for keys of the '
  'service: all.';
comment on column public."TbApiKeys"."cdCliente" is
  'Client on whose membership the key rests: its owner''s when it was made. The key ends with it, and its '
  'admins see and revoke the key. Null: made by the service, or by somebody without a client.';
comment on column public."TbApiKeys"."cdApiKeyMae" is
  'Key by which it was made, if it was not a person; never does more, nor lasts longer, than that one.';
comment on column public."TbApiKeys"."cdPortador" is
  'Person who was given its text by replacing a key of somebody else: it ends with the membership of both.';
comment on column public."TbApiKeys"."dsPermissoes" is 'read, ingest, admin (which includes the others).';
comment on column public."TbApiKeys"."nrLimiteMinuto" is
  'Calls the key may make in a minute; null: no limit.';
comment on column public."TbApiKeys"."nrCotaDiaria" is
  'Calls the key may make in a day (UTC); null: no limit.';
comment on constraint "TbApiKeys_dtExpiracao_check" on public."TbApiKeys" is
  'dtExpiracao is in the years 2000 to 9999';
