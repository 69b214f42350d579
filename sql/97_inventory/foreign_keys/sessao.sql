alter table inventario.sessao add foreign key ("cdPrateleira")
  references inventario.prateleira on update cascade on delete cascade;
