create table public."TbApiKeys" (
  "cdApiKey" uuid primary key default gen_random_uuid(),
  "cdUsuario" uuid not null,
  "dsNome" text,
  "cdClientes" integer[],
  "blAtiva" boolean not null default true,
  "dtRegistro" timestamptz not null default now(),
  "dtExpiracao" timestamptz,
  "dsPermissoes" text[] not null default '{read}' check ("dsPermissoes" <@ '{read,ingest,admin}'::text[]),
  "dsHash" text not null unique check ("dsHash" ~ '^[0-9a-f]{64}$'),
  "dsPrefixo" text,
  "nrLimiteMinuto" integer check ("nrLimiteMinuto" > 0),
  "nrCotaDiaria" integer check ("nrCotaDiaria" > 0)
);
create index "TbApiKeys_cdUsuario_idx" on public."TbApiKeys" ("cdUsuario");
alter table public."TbApiKeys" enable row level security;
revoke all on public."TbApiKeys" from public, anon, authenticated;
grant select on public."TbApiKeys" to authenticated;
grant select, insert, update, delete on public."TbApiKeys" to service_role;
comment on table public."TbApiKeys" is
  'API keys of integrations and gateways. The key itself is shown once and not stored.';
comment on column public."TbApiKeys"."dsHash" is 'SHA-256 of the key, lower-case hexadecimal.';
comment on column public."TbApiKeys"."dsPrefixo" is
  'First characters of the key, so that people can recognise it.';
comment on column public."TbApiKeys"."cdClientes" is
  'Clients the key acts for, never more than its owner sees; null: all of the owner''s.';
comment on column public."TbApiKeys"."dsPermissoes" is 'read, ingest, admin (which includes the others).';
comment on column public."TbApiKeys"."nrLimiteMinuto" is
  'Calls the key may make in a minute; null: no limit.';
comment on column public."TbApiKeys"."nrCotaDiaria" is
  'Calls the key may make in a day (UTC); null: no limit.';
