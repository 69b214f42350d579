create table public."TbDispositivoCredencial" (
  "cdCredencial" uuid primary key default gen_random_uuid(),
  "cdDispositivo" integer not null,
  "dsUsuario" text not null unique check ("dsUsuario" ~ '^[A-Za-z0-9-]{1,40}$'),
  "dsHash" text not null check ("dsHash" ~ '^\$6\$[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+$'),
  "dtRegistro" timestamptz not null default now(),
  "dtExpiracao" timestamptz,
  "cdUsuario" uuid,
  "cdApiKey" uuid,
  "cdCliente" integer
);
create index "TbDispositivoCredencial_cdDispositivo_idx" on public."TbDispositivoCredencial"
  ("cdDispositivo");
create index "TbDispositivoCredencial_cdApiKey_idx" on public."TbDispositivoCredencial" ("cdApiKey")
  where "cdApiKey" is not null;
alter table public."TbDispositivoCredencial" enable row level security;
revoke all on public."TbDispositivoCredencial" from public, anon, authenticated, service_role;
comment on table public."TbDispositivoCredencial" is
  'Logins of devices at the MQTT broker; the broker''s files are written from it. The secret is shown once '
  'and not stored.';
comment on column public."TbDispositivoCredencial"."dsUsuario" is
  'User name at the broker: the code of the device and a random suffix, so that two are valid while one is '
  'replaced.';
comment on column public."TbDispositivoCredencial"."dsHash" is
  'Salted SHA-512 of the secret, in the format of Mosquitto.';
comment on column public."TbDispositivoCredencial"."dtExpiracao" is 'Valid until then; null: without end.';
comment on column public."TbDispositivoCredencial"."cdUsuario" is
  'Who made it: the person, or the owner of the key; null: the service.';
comment on column public."TbDispositivoCredencial"."cdApiKey" is
  'The key that made it, with which it ends; null once that key ended because its owner left.';
comment on column public."TbDispositivoCredencial"."cdCliente" is
  'Client that owned the device when it was made: later owners do not see it.';
