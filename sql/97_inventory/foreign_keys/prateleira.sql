alter table inventario.prateleira add foreign key ("cdRua")
  references inventario.rua on update cascade on delete cascade;
