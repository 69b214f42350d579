-- The legacy application is not served any more: its inserts are refused as everybody's are.
revoke insert on public."TbPosicao", public."TbSensorRegistro" from service_role;
drop trigger if exists conversao_inserir on public."TbPosicao";
drop trigger if exists conversao_inserir on public."TbSensorRegistro";
drop trigger if exists conversao_inserido on public."TbSensorRegistro";
drop trigger if exists conversao_inserir on public."TbEndereco";
drop function if exists conversao.answered;
