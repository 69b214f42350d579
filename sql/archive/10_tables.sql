-- With the defaults of columns that an older archive does not have.
create temporary table archived_positions (like series."TbPosicao" including defaults);
create temporary table archived_values (like series."TbSensorRegistro" including defaults);
