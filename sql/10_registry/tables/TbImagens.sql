create table public."TbImagens" (
  "cdImagens" serial primary key,
  "dsCaminho" varchar not null,
  "cdCodigo" varchar not null,
  "dtRegistro" timestamp default (now() at time zone 'UTC'),
  "cdProduto" integer,
  "nrImagem" integer
);
create index "TbImagens_cdProduto_idx" on public."TbImagens" ("cdProduto");
alter table public."TbImagens" enable row level security;
revoke all on public."TbImagens" from public, anon, authenticated;
grant select, delete on public."TbImagens" to authenticated, service_role;
grant insert ("dsCaminho", "cdCodigo", "cdProduto", "nrImagem")
  on public."TbImagens" to authenticated, service_role;
grant update ("dsCaminho", "cdCodigo", "cdProduto", "nrImagem")
  on public."TbImagens" to authenticated, service_role;
grant usage on sequence public."TbImagens_cdImagens_seq" to authenticated, service_role;
comment on table public."TbImagens" is 'Pictures of products; the file itself is in the object store.';
