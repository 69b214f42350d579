create table public."TbCliente" (
  "cdCliente" serial primary key,
  "dsNome" text,
  "nrCnpj" text,
  "nrIe" text,
  "nrInscMun" text,
  "dsLogradouro" text,
  "nrNumero" text,
  "dsComplemento" text,
  "dsBairro" text,
  "dsCep" text,
  "dsCidade" text,
  "dsUF" text,
  "dsObs" text,
  "cdStatus" public.status,
  "dtRegistro" timestamp default (now() at time zone 'UTC'),
  "cdClientePai" integer
);
create index "TbCliente_cdClientePai_idx" on public."TbCliente" ("cdClientePai");
alter table public."TbCliente" enable row level security;
revoke all on public."TbCliente" from public, anon, authenticated;
grant select, delete on public."TbCliente" to authenticated, service_role;
grant insert ("dsNome", "nrCnpj", "nrIe", "nrInscMun", "dsLogradouro", "nrNumero", "dsComplemento",
  "dsBairro", "dsCep", "dsCidade", "dsUF", "dsObs", "cdStatus", "cdClientePai")
  on public."TbCliente" to authenticated, service_role;
grant update ("dsNome", "nrCnpj", "nrIe", "nrInscMun", "dsLogradouro", "nrNumero", "dsComplemento",
  "dsBairro", "dsCep", "dsCidade", "dsUF", "dsObs", "cdStatus", "cdClientePai")
  on public."TbCliente" to authenticated, service_role;
grant usage on sequence public."TbCliente_cdCliente_seq" to authenticated, service_role;
comment on table public."TbCliente" is 'Clients. People of a client see it and its direct children.';
comment on column public."TbCliente"."cdClientePai" is 'Parent client, whose people see this one too.';
