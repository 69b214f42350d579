-- The sensor types of the contract. An existing installation keeps its own names for them.
insert into public."TbTipoSensor" (id, "dsNome", "dsUnidade") values
  (1, 'Distancia', 'milimetros'),
  (2, 'Abertura de Porta', 'abertura'),
  (3, 'Peso', 'gramas'),
  (4, 'Temperatura', 'celcius'),
  (5, 'Camera de movimento', 'Qtde de pessoas'),
  (9, 'masculino', 'masculino'),
  (10, 'feminino', 'feminino'),
  (11, 'crianca', 'crianca'),
  (12, 'jovem', 'jovem'),
  (13, 'adulto', 'adulto'),
  (14, 'senior', 'senior'),
  (15, 'alegre', 'alegre'),
  (16, 'concentrado', 'concentrado'),
  (17, 'neutro', 'neutro'),
  (18, 'categoria_total', 'categoria_total')
  on conflict (id) do nothing;
