alter table inventario.rua add foreign key ("cdArmazem") references inventario.armazem on delete cascade;
