alter table inventario.leituras add foreign key ("cdSessao") references inventario.sessao;
alter table inventario.leituras add foreign key ("cdInventario")
  references inventario.inventario on update cascade;
