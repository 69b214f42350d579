-- The addresses of a client's positions, so that a policy need not search all positions.
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
comment on table public."TbEnderecoVinculo" is
  'Every address at which a client has had a position. Maintained by a trigger.';
comment on column public."TbEnderecoVinculo"."dtInicio" is
  'When a position of the client was first located at this address.';
