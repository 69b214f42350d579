create table public."TbProduto" (
  "cdProduto" serial primary key,
  "dsNome" text,
  "dsDescricao" text,
  "nrCodigo" text,
  "nrLarg" double precision,
  "nrComp" double precision,
  "nrAlt" double precision,
  "cdStatus" public.status,
  "dtRegistro" timestamp default (now() at time zone 'UTC'),
  "cdCliente" integer
);
create index "TbProduto_cdCliente_idx" on public."TbProduto" ("cdCliente");
alter table public."TbProduto" enable row level security;
revoke all on public."TbProduto" from public, anon, authenticated;
grant select, delete on public."TbProduto" to authenticated, service_role;
grant insert ("dsNome", "dsDescricao", "nrCodigo", "nrLarg", "nrComp", "nrAlt", "cdStatus", "cdCliente")
  on public."TbProduto" to authenticated, service_role;
grant update ("dsNome", "dsDescricao", "nrCodigo", "nrLarg", "nrComp", "nrAlt", "cdStatus", "cdCliente")
  on public."TbProduto" to authenticated, service_role;
grant usage on sequence public."TbProduto_cdProduto_seq" to authenticated, service_role;
comment on table public."TbProduto" is
  'Products (displays, vehicles, freezers …) that devices are mounted on.';
