alter table inventario.prateleira add foreign key ("cdRua") references inventario.rua on delete cascade;
