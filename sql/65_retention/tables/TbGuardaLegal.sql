create table public."TbGuardaLegal" (
  "cdGuardaLegal" integer generated always as identity primary key,
  "cdCliente" integer not null,
  "cdDispositivo" integer,
  "dsMotivo" text not null
    constraint "TbGuardaLegal_dsMotivo_max_4000" check (char_length("dsMotivo") <= 4000),
  "dsChamador" text,
  "dtRegistro" timestamptz not null default now(),
  unique nulls not distinct ("cdCliente", "cdDispositivo")
);
create index "TbGuardaLegal_cdDispositivo_idx" on public."TbGuardaLegal" ("cdDispositivo");
alter table public."TbGuardaLegal" enable row level security;
revoke all on public."TbGuardaLegal" from public, anon, authenticated;
grant select on public."TbGuardaLegal" to authenticated, service_role;
comment on table public."TbGuardaLegal" is
  'Legal holds: nothing of the client, or of what it received from the device, expires or is deleted.';
comment on constraint "TbGuardaLegal_dsMotivo_max_4000" on public."TbGuardaLegal" is
  'dsMotivo has at most 4000 characters';
comment on column public."TbGuardaLegal"."cdCliente" is 'Whose history is held.';
comment on column public."TbGuardaLegal"."cdDispositivo" is
  'Device, also one that the client no longer owns; null: everything of the client.';
comment on column public."TbGuardaLegal"."dsMotivo" is 'Why, for example the reference of a lawsuit.';
comment on column public."TbGuardaLegal"."dsChamador" is 'Who set it.';
