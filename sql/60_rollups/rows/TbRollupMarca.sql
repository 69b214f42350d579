insert into private."TbRollupMarca" ("dtPiso", "dtMarca", "dtAnunciada")
values ('-infinity', '-infinity', '-infinity');
