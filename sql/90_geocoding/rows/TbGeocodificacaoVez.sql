insert into private."TbGeocodificacaoVez" default values;
