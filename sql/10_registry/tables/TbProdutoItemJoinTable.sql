create table public."TbProdutoItemJoinTable" (
  "cdProdutoItem" integer not null,
  "cdProduto" integer not null,
  primary key ("cdProdutoItem", "cdProduto")
);
create index "TbProdutoItemJoinTable_cdProduto_idx" on public."TbProdutoItemJoinTable" ("cdProduto");
alter table public."TbProdutoItemJoinTable" enable row level security;
revoke all on public."TbProdutoItemJoinTable" from public, anon, authenticated;
grant select, delete on public."TbProdutoItemJoinTable" to authenticated, service_role;
grant insert ("cdProdutoItem", "cdProduto")
  on public."TbProdutoItemJoinTable" to authenticated, service_role;
comment on table public."TbProdutoItemJoinTable" is 'Which items belong to which product.';
