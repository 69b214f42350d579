-- What is old goes for good. Objects of others that depend on an old table stop it: nothing is dropped then.
drop table legado."TbSensorRegistro", legado."TbPosicao", legado."TbEndereco";
drop schema legado;
drop schema conversao cascade;
