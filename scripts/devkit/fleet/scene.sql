-- What scripts/run shows beside the demo data of supabase/seed.sql: deliveries of client 1 on avenues of São Paulo, and
-- devices to which something happens (scene.py). Run by the owner of the tables; a second run changes nothing.

insert into public."TbProduto" ("cdProduto", "dsNome", "dsDescricao", "nrCodigo", "nrLarg", "nrComp", "nrAlt",
                                "cdStatus", "cdCliente")
values (5, 'Furgão de entrega', 'Furgão com baú frigorífico, para entregas', 'FUR-05', 2000, 4800, 2300, 'ativo', 1)
on conflict do nothing;

insert into public."TbImagens" ("cdImagens", "dsCaminho", "cdCodigo", "cdProduto", "nrImagem")
values (31, 'produtos/', '5-1.jpg', 5, 1)
on conflict do nothing;

insert into public."TbEndereco" ("cdEndereco", "dsLogradouro", "nrNumero", "dsBairro", "dsCep", "dsCidade", "dsUF",
                                 "dsLat", "dsLong")
select e.*
from (values
  (31, 'Avenida Paulista', '900', 'Bela Vista', '01310-100', 'São Paulo', 'SP', -23.56600, -46.65100),
  (32, 'Avenida Pedro Álvares Cabral', 's/n', 'Ibirapuera', '04094-050', 'São Paulo', 'SP', -23.58740, -46.65760),
  (33, 'Avenida Francisco Matarazzo', '1400', 'Água Branca', '05001-100', 'São Paulo', 'SP', -23.52650, -46.67900)
) as e
on conflict do nothing;

insert into public."TbDestinatario" ("cdDestinatario", "dsNome", "cdStatus", "nrRaio", "cdCliente", "cdEndereco", "dsCerca")
select s.codigo, s.nome, 'ativo', s.raio, 1, s.endereco, s.cerca
from (values
  (31, 'Área de entregas', null, 31, '{"type": "Polygon", "coordinates": [[[-46.735, -23.507], [-46.625, -23.507],
       [-46.555, -23.520], [-46.550, -23.550], [-46.640, -23.625], [-46.700, -23.625], [-46.735, -23.560],
       [-46.735, -23.507]]]}'::jsonb),
  (32, 'Parque Ibirapuera', null, 32, '{"type": "Polygon", "coordinates": [[[-46.6620, -23.5830], [-46.6530, -23.5830],
       [-46.6510, -23.5900], [-46.6570, -23.5935], [-46.6625, -23.5900], [-46.6620, -23.5830]]]}'::jsonb),
  (33, 'Doca Água Branca', 250, 33, null)
) as s (codigo, nome, raio, endereco, cerca)
on conflict do nothing;

insert into public."TbDispositivo" ("cdDispositivo", "dsDispositivo", "dsModelo", "dsDescricao", "nrChip", "cdStatus",
                                    "cdDestinatario", "cdProduto", "cdCliente")
select d.codigo, d.nome, 7, d.descricao, 8955000000000000000 + d.codigo, 'ativo', d.destinatario, d.produto, 1
from (values
  (31, 'Entrega Paulista', 'Rastreador com porta e temperatura do baú', 31, 5),
  (32, 'Entrega Pinheiros', 'Rastreador com porta e temperatura do baú', 31, 5),
  (33, 'Entrega Moema', 'Rastreador com porta e temperatura do baú', 31, 5),
  (34, 'Entrega Tatuapé', 'Rastreador com porta e temperatura do baú', 31, 5),
  (35, 'Entrega Santana', 'Rastreador com porta e temperatura do baú', 31, 5),
  (36, 'Entrega Lapa', 'Rastreador com porta e temperatura do baú', 31, 5),
  (37, 'Carrinho do parque', 'Deixa a cerca e volta a ela', 32, 5),
  (38, 'Geladeira da doca', 'Esquenta enquanto a porta está aberta', 33, 1),
  (39, 'Geladeira sem sinal', 'Não envia nada há uma hora', 33, 1),
  (40, 'Geladeira com defeito', 'Envia o que não pode ser gravado', 33, 1)
) as d (codigo, nome, descricao, destinatario, produto)
on conflict do nothing;

insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "dsPonto", "cdUnidade")
select d * 100 + t.tipo, d, t.tipo, t.ponto, t.unidade::public.unidade
from generate_series(31, 40) as d
cross join (values (2, 'porta', 'aberturas'), (4, 'temperatura', 'temperatura')) as t (tipo, ponto, unidade)
on conflict do nothing;

-- What people add later is numbered after these rows; the other tables have rows of supabase/seed.sql with higher codes.
select setval('public."TbImagens_cdImagens_seq"', greatest(last_value, 31)) from public."TbImagens_cdImagens_seq";
select setval('public."TbEndereco_cdEndereco_seq"', greatest(last_value, 33)) from public."TbEndereco_cdEndereco_seq";
select setval('public."TbDestinatario_cdDestinatario_seq"', greatest(last_value, 33)) from public."TbDestinatario_cdDestinatario_seq";
