drop trigger if exists conversao_novo on series."TbPosicao";
drop trigger if exists conversao_mudado on series."TbPosicao";
drop trigger if exists conversao_apagado on series."TbPosicao";
drop trigger if exists conversao_novo on series."TbSensorRegistro";
drop trigger if exists conversao_mudado on series."TbSensorRegistro";
drop trigger if exists conversao_antes on series."TbSensorRegistro";
drop trigger if exists conversao_apagado on series."TbSensorRegistro";
