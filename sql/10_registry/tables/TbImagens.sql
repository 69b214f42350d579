create table public."TbImagens" (
  "cdImagens" serial primary key,
  "dsCaminho" varchar not null
    constraint "TbImagens_dsCaminho_max_255" check (char_length("dsCaminho") <= 255),
  "cdCodigo" varchar not null constraint "TbImagens_cdCodigo_max_255" check (char_length("cdCodigo") <= 255),
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
comment on constraint "TbImagens_dsCaminho_max_255" on public."TbImagens" is
  'dsCaminho has at most 255 characters';
comment on constraint "TbImagens_cdCodigo_max_255" on public."TbImagens" is
  'cdCodigo has at most 255 characters';
