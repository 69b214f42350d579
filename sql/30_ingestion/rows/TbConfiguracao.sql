insert into private."TbConfiguracao" default values;
