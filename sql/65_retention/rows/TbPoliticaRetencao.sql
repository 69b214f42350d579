insert into public."TbPoliticaRetencao" ("cdCliente") values (null);
