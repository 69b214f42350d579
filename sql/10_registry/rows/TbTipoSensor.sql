-- The sensor types of the contract. An existing installation keeps its own names and units.
insert into public."TbTipoSensor" (id, "dsNome", "dsUnidade", "dsAgregacao") values
  (1, 'Distancia', 'milimetros', 'mean'),
  (2, 'Abertura de Porta', 'abertura', 'sum'),
  (3, 'Peso', 'gramas', 'mean'),
  (4, 'Temperatura', 'celcius', 'mean'),
  (5, 'Camera de movimento', 'Qtde de pessoas', 'sum'),
  (9, 'masculino', 'masculino', 'sum'),
  (10, 'feminino', 'feminino', 'sum'),
  (11, 'crianca', 'crianca', 'sum'),
  (12, 'jovem', 'jovem', 'sum'),
  (13, 'adulto', 'adulto', 'sum'),
  (14, 'senior', 'senior', 'sum'),
  (15, 'alegre', 'alegre', 'sum'),
  (16, 'concentrado', 'concentrado', 'sum'),
  (17, 'neutro', 'neutro', 'sum'),
  (18, 'categoria_total', 'categoria_total', 'sum')
  on conflict (id) do update set "dsAgregacao" = excluded."dsAgregacao";
-- Types that are made later have numbers from 1000 on.
select setval('public."TbTipoSensor_id_seq"', greatest(999, (select max(t.id) from public."TbTipoSensor" t)));
