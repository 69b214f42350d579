insert into private."TbManutencaoConcessao" default values;
