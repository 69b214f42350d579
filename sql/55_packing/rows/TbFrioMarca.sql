insert into private."TbFrioMarca" default values;
