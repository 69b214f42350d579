create table public."TbProdutoItem" (
  "cdProdutoItem" serial primary key,
  "dsNome" varchar(200),
  "dsDescricao" varchar(200),
  "nrCodigo" varchar(45),
  "nrLarg" double precision,
  "nrComp" double precision,
  "nrAlt" double precision,
  "nrPesoUnit" double precision,
  "nrUnidade" varchar(20),
  "nrEmpilhamento" integer,
  "nrLastro" integer,
  "nrQtdeTotalSensor" integer,
  "cdStatus" public.status,
  "dtRegistro" timestamp default (now() at time zone 'UTC'),
  "cdCliente" integer
);
create index "TbProdutoItem_cdCliente_idx" on public."TbProdutoItem" ("cdCliente");
alter table public."TbProdutoItem" enable row level security;
revoke all on public."TbProdutoItem" from public, anon, authenticated;
grant select, delete on public."TbProdutoItem" to authenticated, service_role;
grant insert ("dsNome", "dsDescricao", "nrCodigo", "nrLarg", "nrComp", "nrAlt", "nrPesoUnit", "nrUnidade",
  "nrEmpilhamento", "nrLastro", "nrQtdeTotalSensor", "cdStatus", "cdCliente")
  on public."TbProdutoItem" to authenticated, service_role;
grant update ("dsNome", "dsDescricao", "nrCodigo", "nrLarg", "nrComp", "nrAlt", "nrPesoUnit", "nrUnidade",
  "nrEmpilhamento", "nrLastro", "nrQtdeTotalSensor", "cdStatus", "cdCliente")
  on public."TbProdutoItem" to authenticated, service_role;
grant usage on sequence public."TbProdutoItem_cdProdutoItem_seq" to authenticated, service_role;
comment on table public."TbProdutoItem" is 'Items that are counted on a product by weight, distance or unit.';
comment on column public."TbProdutoItem"."nrPesoUnit" is 'Weight of one item in grams.';
comment on column public."TbProdutoItem"."nrAlt" is 'Height of one item in millimetres.';
comment on column public."TbProdutoItem"."cdCliente" is
  'Owner: also sees it while no product has it; nobody else may change it. Null: seen through its products.';
