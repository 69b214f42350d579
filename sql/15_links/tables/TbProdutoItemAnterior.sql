-- What items were for clients that counted them and that they do not belong to any more. A row is made when
-- the item is changed for the first time afterwards; see private.keep_former_item.
create table private."TbProdutoItemAnterior" (
  "cdProdutoItem" integer not null,
  "cdCliente" integer not null,
  "dsNome" varchar(200),
  "nrPesoUnit" double precision,
  "nrAlt" double precision,
  "dtRegistro" timestamptz not null default now(),
  primary key ("cdProdutoItem", "cdCliente")
);
create index "TbProdutoItemAnterior_cdCliente_idx" on private."TbProdutoItemAnterior" ("cdCliente");
alter table private."TbProdutoItemAnterior" enable row level security;
comment on table private."TbProdutoItemAnterior" is
  'Name, weight and height of items for the history of clients that they do not belong to any more.';
comment on column private."TbProdutoItemAnterior"."cdCliente" is 'The client whose history keeps them.';
