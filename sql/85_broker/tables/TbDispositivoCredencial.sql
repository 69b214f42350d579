create table public."TbDispositivoCredencial" (
  "cdCredencial" uuid primary key default gen_random_uuid(),
  "cdDispositivo" integer not null,
  "dsUsuario" text not null unique check ("dsUsuario" ~ '^[A-Za-z0-9-]{1,40}$'),
  "dsHash" text not null check ("dsHash" ~ '^\$6\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+$'),
  "dtRegistro" timestamptz not null default now(),
  "dtExpiracao" timestamptz
);
create index "TbDispositivoCredencial_cdDispositivo_idx" on public."TbDispositivoCredencial" ("cdDispositivo");
alter table public."TbDispositivoCredencial" enable row level security;
revoke all on public."TbDispositivoCredencial" from public, anon, authenticated, service_role;
comment on table public."TbDispositivoCredencial" is 'What devices log in to the MQTT broker with; scripts/broker-acl writes the broker''s files from it. The secret is shown once and not kept.';
comment on column public."TbDispositivoCredencial"."dsUsuario" is 'User name at the broker: the device''s code and something by chance, so that two are good while one is replaced.';
comment on column public."TbDispositivoCredencial"."dsHash" is 'Salted SHA-512 of the secret, as Mosquitto takes it.';
comment on column public."TbDispositivoCredencial"."dtExpiracao" is 'Good until then; null: without end.';
