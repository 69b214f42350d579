alter table inventario.inventario add foreign key ("cdArmazem")
  references inventario.armazem on update cascade;
