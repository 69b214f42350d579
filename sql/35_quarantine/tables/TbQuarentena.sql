create table public."TbQuarentena" (
  "cdCliente" integer,
  "nrErros" bigint not null default 0,
  "nrPerdidos" bigint not null default 0,
  "dtPerda" timestamptz,
  unique nulls not distinct ("cdCliente")
);
alter table public."TbQuarentena" enable row level security;
revoke all on public."TbQuarentena" from public, anon, authenticated;
grant select on public."TbQuarentena" to authenticated, service_role;
comment on table public."TbQuarentena" is
  'How full the quarantine of each client is, and how many payloads it has lost because it was full.';
comment on column public."TbQuarentena"."cdCliente" is 'Null: payloads that belong to no client.';
comment on column public."TbQuarentena"."nrErros" is
  'Payloads in it, without the changes that are still in private.TbQuarentenaMudanca.';
comment on column public."TbQuarentena"."nrPerdidos" is
  'Payloads that gave way to newer ones since the client exists.';
comment on column public."TbQuarentena"."dtPerda" is 'When the last of them did.';
