-- Which addresses a client's reports were found to be at: so that a policy need not look through all reports.
create table public."TbEnderecoVinculo" (
  "cdEndereco" integer not null,
  "cdCliente" integer not null,
  "dtInicio" timestamptz not null default now(),
  primary key ("cdEndereco", "cdCliente")
);
create index "TbEnderecoVinculo_cdCliente_idx" on public."TbEnderecoVinculo" ("cdCliente");
alter table public."TbEnderecoVinculo" enable row level security;
revoke all on public."TbEnderecoVinculo" from public, anon, authenticated;
grant select on public."TbEnderecoVinculo" to authenticated, service_role;
comment on table public."TbEnderecoVinculo" is 'Every address at which a report of a client was found to be. Kept by a trigger.';
comment on column public."TbEnderecoVinculo"."dtInicio" is 'First time a report of the client was found to be there.';
