alter table inventario.sessao add foreign key ("cdPrateleira")
  references inventario.prateleira on delete cascade;
