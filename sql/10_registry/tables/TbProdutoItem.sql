create table public."TbProdutoItem" (
  "cdProdutoItem" serial primary key,
  "dsNome" varchar(200),
  "dsDescricao" varchar(200),
  "nrCodigo" varchar(45),
  "nrLarg" double precision
    constraint "TbProdutoItem_nrLarg_check"
      check ("nrLarg" = 0 or "nrLarg" between 1e-6 and 1e9),
  "nrComp" double precision
    constraint "TbProdutoItem_nrComp_check"
      check ("nrComp" = 0 or "nrComp" between 1e-6 and 1e9),
  "nrAlt" double precision
    constraint "TbProdutoItem_nrAlt_check"
      check ("nrAlt" = 0 or "nrAlt" between 1e-6 and 1e9),
  "nrPesoUnit" double precision
    constraint "TbProdutoItem_nrPesoUnit_check"
      check ("nrPesoUnit" = 0 or "nrPesoUnit" between 1e-6 and 1e9),
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
comment on constraint "TbProdutoItem_nrLarg_check" on public."TbProdutoItem" is
  'nrLarg is 0, which means unknown, or 0.000001 to 1000000000 millimetres';
comment on constraint "TbProdutoItem_nrComp_check" on public."TbProdutoItem" is
  'nrComp is 0, which means unknown, or 0.000001 to 1000000000 millimetres';
comment on constraint "TbProdutoItem_nrAlt_check" on public."TbProdutoItem" is
  'nrAlt is 0, which means unknown, or 0.000001 to 1000000000 millimetres';
comment on constraint "TbProdutoItem_nrPesoUnit_check" on public."TbProdutoItem" is
  'nrPesoUnit is 0, which means unknown, or 0.000001 to 1000000000 grams';
