create table public."TbProduto" (
  "cdProduto" serial primary key,
  "dsNome" text constraint "TbProduto_dsNome_max_255" check (char_length("dsNome") <= 255),
  "dsDescricao" text constraint "TbProduto_dsDescricao_max_4000" check (char_length("dsDescricao") <= 4000),
  "nrCodigo" text constraint "TbProduto_nrCodigo_max_255" check (char_length("nrCodigo") <= 255),
  "nrLarg" double precision
    constraint "TbProduto_nrLarg_check"
      check ("nrLarg" = 0 or "nrLarg" between 1e-6 and 1e9),
  "nrComp" double precision
    constraint "TbProduto_nrComp_check"
      check ("nrComp" = 0 or "nrComp" between 1e-6 and 1e9),
  "nrAlt" double precision
    constraint "TbProduto_nrAlt_check"
      check ("nrAlt" = 0 or "nrAlt" between 1e-6 and 1e9),
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
comment on constraint "TbProduto_dsNome_max_255" on public."TbProduto" is 'dsNome has at most 255 characters';
comment on constraint "TbProduto_dsDescricao_max_4000" on public."TbProduto" is
  'dsDescricao has at most 4000 characters';
comment on constraint "TbProduto_nrCodigo_max_255" on public."TbProduto" is
  'nrCodigo has at most 255 characters';
comment on constraint "TbProduto_nrLarg_check" on public."TbProduto" is
  'nrLarg is 0, which means unknown, or 0.000001 to 1000000000 millimetres';
comment on constraint "TbProduto_nrComp_check" on public."TbProduto" is
  'nrComp is 0, which means unknown, or 0.000001 to 1000000000 millimetres';
comment on constraint "TbProduto_nrAlt_check" on public."TbProduto" is
  'nrAlt is 0, which means unknown, or 0.000001 to 1000000000 millimetres';
