insert into private."TbRollupFrioMarca" ("nrMinutos") values (1), (5), (60);
