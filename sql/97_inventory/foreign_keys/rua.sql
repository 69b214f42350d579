alter table inventario.rua add foreign key ("cdArmazem")
  references inventario.armazem on update cascade on delete cascade;
