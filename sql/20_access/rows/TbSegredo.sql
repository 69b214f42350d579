insert into private."TbSegredo" default values;
