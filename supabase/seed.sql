-- Demo data: two clients and a child of the first, their products, sites in São Paulo, and devices with sensors of
-- every type. Run by the owner of the tables; a second run changes nothing. The simulator knows these devices by heart:
-- change scripts/devkit/fleet/demo_fleet.py together with this file (a test compares them).

insert into public."TbCliente" ("cdCliente", "dsNome", "nrCnpj", "dsLogradouro", "nrNumero", "dsBairro", "dsCep",
                                "dsCidade", "dsUF", "cdStatus", "cdClientePai")
values
  (1, 'Bebidas Serra Clara', '00000000000191', 'Avenida Paulista', '1000', 'Bela Vista', '01310-100',
   'São Paulo', 'SP', 'ativo', null),
  (2, 'Rota Fria Transportes', '00000000000272', 'Avenida Marquês de São Vicente', '2000', 'Barra Funda', '01139-003',
   'São Paulo', 'SP', 'ativo', null),
  (3, 'Serra Clara Franquias', '00000000000353', 'Avenida Ibirapuera', '3000', 'Moema', '04029-200',
   'São Paulo', 'SP', 'ativo', 1)
on conflict do nothing;

insert into public."TbEndereco" ("cdEndereco", "dsLogradouro", "nrNumero", "dsBairro", "dsCep", "dsCidade", "dsUF",
                                 "dsLat", "dsLong")
select e.*
from (values
  (1, 'Avenida Paulista', '1578', 'Bela Vista', '01310-200', 'São Paulo', 'SP', -23.56141, -46.65588),
  (2, 'Rua da Cantareira', '306', 'Centro', '01024-900', 'São Paulo', 'SP', -23.54180, -46.62956),
  (3, 'Rua Oscar Freire', '900', 'Jardim Paulista', '01426-000', 'São Paulo', 'SP', -23.56265, -46.66890),
  (4, 'Rua Aspicuelta', '300', 'Vila Madalena', '05433-010', 'São Paulo', 'SP', -23.55660, -46.69080),
  (5, 'Rua Tuiuti', '2100', 'Tatuapé', '03307-000', 'São Paulo', 'SP', -23.54070, -46.57600),
  (6, 'Rua Voluntários da Pátria', '2500', 'Santana', '02402-000', 'São Paulo', 'SP', -23.50250, -46.62480),
  (7, 'Avenida Ibirapuera', '3103', 'Moema', '04029-902', 'São Paulo', 'SP', -23.61010, -46.66750),
  (8, 'Avenida Engenheiro Luís Carlos Berrini', '1200', 'Itaim Bibi', '04571-000', 'São Paulo', 'SP',
   -23.60690, -46.69420),
  (9, 'Avenida Marquês de São Vicente', '2000', 'Barra Funda', '01139-003', 'São Paulo', 'SP', -23.51930, -46.67590),
  (10, 'Avenida Doutor Gastão Vidigal', '1946', 'Vila Leopoldina', '05316-900', 'São Paulo', 'SP', -23.53560, -46.73520),
  -- not located yet: its devices have no geofence
  (11, 'Rua Clélia', '93', 'Água Branca', '05042-000', 'São Paulo', 'SP', null, null)
) as e
on conflict do nothing;

insert into public."TbDestinatario" ("cdDestinatario", "dsNome", "cdStatus", "nrRaio", "cdCliente", "cdEndereco")
values
  (1, 'Mercearia Paulista', 'ativo', 300, 1, 1),
  (2, 'Empório da Cantareira', 'ativo', 300, 1, 2),
  (3, 'Padaria Oscar Freire', 'ativo', 200, 1, 3),
  (4, 'Bar Aspicuelta', 'ativo', 250, 1, 4),
  (5, 'Supermercado Tuiuti', 'ativo', 400, 1, 5),
  (6, 'Atacado Santana', 'ativo', 500, 1, 6),
  (7, 'Franquia Moema', 'ativo', 300, 3, 7),
  (8, 'Franquia Berrini', 'ativo', 300, 3, 8),
  (9, 'Garagem Barra Funda', 'ativo', 500, 2, 9),
  (10, 'Entreposto Leopoldina', 'ativo', 800, 2, 10),
  (11, 'Quiosque Água Branca', 'estoque', 300, 1, 11)
on conflict do nothing;

insert into public."TbProduto" ("cdProduto", "dsNome", "dsDescricao", "nrCodigo", "nrLarg", "nrComp", "nrAlt",
                                "cdStatus", "cdCliente")
values
  (1, 'Geladeira Slim', 'Geladeira de bebidas, uma porta', 'GEL-01', 600, 650, 1900, 'ativo', 1),
  (2, 'Expositor Vitrine', 'Expositor de balcão com câmera', 'EXP-02', 900, 500, 1400, 'ativo', 1),
  (3, 'Geladeira Balcão', 'Geladeira baixa para franquias', 'GEL-03', 1200, 700, 950, 'ativo', 3),
  (4, 'Veículo refrigerado', 'Furgão com baú frigorífico', 'VEI-04', 2000, 5000, 2500, 'ativo', 2),
  (9, 'Equipamento de ensaio', 'Trajetos e séries gravados, reproduzidos por scripts/simulate', 'ENS-09',
   null, null, null, 'ativo', 1)
on conflict do nothing;

insert into public."TbImagens" ("cdImagens", "dsCaminho", "cdCodigo", "cdProduto", "nrImagem")
values
  (1, 'produtos/', '1-1.jpg', 1, 1),
  (2, 'produtos/', '1-2.jpg', 1, 2),
  (3, 'produtos/', '2-1.jpg', 2, 1),
  (4, 'produtos/', '3-1.jpg', 3, 1),
  (5, 'produtos/', '4-1.jpg', 4, 1)
on conflict do nothing;

insert into public."TbProdutoItem" ("cdProdutoItem", "dsNome", "dsDescricao", "nrCodigo", "nrLarg", "nrComp", "nrAlt",
                                    "nrPesoUnit", "nrUnidade", "nrEmpilhamento", "nrLastro", "nrQtdeTotalSensor",
                                    "cdStatus")
values
  (1, 'Lata 350 ml', 'Lata de refrigerante', 'LATA-350', 66, 66, 122, 368, 'unidade', 4, 24, 96, 'ativo'),
  (2, 'Garrafa PET 2 L', 'Garrafa de refrigerante', 'PET-2000', 108, 108, 330, 2080, 'unidade', 1, 12, 12, 'ativo'),
  (3, 'Caixa de bombons', 'Caixa de 250 g', 'BOM-250', 180, 110, 35, 290, 'unidade', 10, 1, 10, 'ativo')
on conflict do nothing;

insert into public."TbProdutoItemJoinTable" ("cdProdutoItem", "cdProduto")
values (1, 1), (2, 1), (3, 2), (1, 3)
on conflict do nothing;

-- Devices. Times of day are UTC: 11:00 to 01:00 is 08:00 to 22:00 in São Paulo, across midnight.
insert into public."TbDispositivo" ("cdDispositivo", "dsDispositivo", "dsModelo", "dsDescricao", "nrChip", "cdStatus",
                                    "cdDestinatario", "cdProduto", "cdCliente",
                                    "horarioMedicaoInicio", "horarioMedicaoFim")
select d.codigo, d.nome, d.modelo, d.descricao, 8955000000000000000 + d.codigo, d.situacao::public.status,
       d.destinatario, d.produto, d.cliente, d.inicio::time, d.fim::time
from (values
  (1, 'Geladeira Paulista 1', 3, 'Porta, peso e temperatura', 'ativo', 1, 1, 1, '11:00', '01:00'),
  (2, 'Geladeira Paulista 2', 3, 'Porta, peso e temperatura', 'ativo', 1, 1, 1, '11:00', '01:00'),
  (3, 'Geladeira Cantareira', 3, 'Porta, peso e temperatura', 'ativo', 2, 1, 1, null, null),
  (4, 'Geladeira Oscar Freire', 3, 'Porta, peso e temperatura', 'ativo', 3, 1, 1, null, null),
  (5, 'Geladeira Aspicuelta', 3, 'Porta, peso e temperatura', 'ativo', 4, 1, 1, '20:00', '07:00'),
  (6, 'Geladeira Tuiuti', 3, 'Porta, peso e temperatura', 'ativo', 5, 1, 1, null, null),
  (7, 'Geladeira Santana', 3, 'Porta, peso e temperatura', 'ativo', 6, 1, 1, null, null),
  (8, 'Geladeira Água Branca', 3, 'Porta, peso e temperatura', 'estoque', 11, 1, 1, null, null),
  (9, 'Expositor Paulista', 5, 'Distância, câmera e público', 'ativo', 1, 2, 1, '09:00', '23:00'),
  (10, 'Expositor Cantareira', 5, 'Distância, câmera e público', 'ativo', 2, 2, 1, null, null),
  (11, 'Expositor Tuiuti', 5, 'Distância, câmera e público', 'ativo', 5, 2, 1, null, null),
  (12, 'Expositor sem local', 5, 'Distância, câmera e público', 'ativo', null, 2, 1, null, null),
  (13, 'Balcão Moema 1', 3, 'Porta e temperatura', 'ativo', 7, 3, 3, null, null),
  (14, 'Balcão Moema 2', 3, 'Porta e temperatura', 'ativo', 7, 3, 3, null, null),
  (15, 'Balcão Berrini 1', 3, 'Porta e temperatura', 'ativo', 8, 3, 3, '11:00', '01:00'),
  (16, 'Balcão Berrini 2', 3, 'Porta e temperatura', 'suspenso', 8, 3, 3, null, null),
  (17, 'Furgão 17', 7, 'Rastreador com porta e temperatura do baú', 'ativo', 9, 4, 2, null, null),
  (18, 'Furgão 18', 7, 'Rastreador com porta e temperatura do baú', 'ativo', 9, 4, 2, null, null),
  (19, 'Furgão 19', 7, 'Rastreador com porta e temperatura do baú', 'ativo', 9, 4, 2, null, null),
  (20, 'Furgão 20', 7, 'Rastreador com porta e temperatura do baú', 'ativo', 9, 4, 2, null, null),
  (21, 'Furgão 21', 7, 'Rastreador com porta e temperatura do baú', 'ativo', 10, 4, 2, null, null),
  (22, 'Furgão 22', 7, 'Rastreador com porta e temperatura do baú', 'ativo', 10, 4, 2, null, null),
  (23, 'Furgão 23', 7, 'Rastreador com porta e temperatura do baú', 'ativo', 10, 4, 2, null, null),
  (24, 'Furgão 24', 7, 'Rastreador com porta e temperatura do baú', 'ativo', 10, 4, 2, null, null),
  (901, 'Trajeto gravado 1', 9, 'Reprodução de GPS', 'ativo', null, 9, 1, null, null),
  (902, 'Trajeto gravado 2', 9, 'Reprodução de GPS', 'ativo', null, 9, 1, null, null),
  (903, 'Trajeto gravado 3', 9, 'Reprodução de GPS', 'ativo', null, 9, 1, null, null),
  (904, 'Série gravada 1', 9, 'Reprodução de temperaturas em °F', 'ativo', null, 9, 1, null, null),
  (905, 'Série gravada 2', 9, 'Reprodução de temperaturas em °F', 'ativo', null, 9, 1, null, null)
) as d (codigo, nome, modelo, descricao, situacao, destinatario, produto, cliente, inicio, fim)
on conflict do nothing;

-- More vans, so that --devices can ask for a busier fleet.
insert into public."TbDispositivo" ("cdDispositivo", "dsDispositivo", "dsModelo", "dsDescricao", "nrChip", "cdStatus",
                                    "cdDestinatario", "cdProduto", "cdCliente")
select n, format('Furgão %s', n), 7, 'Rastreador com porta e temperatura do baú', 8955000000000000000 + n, 'ativo',
       9 + n % 2, 4, 2
from generate_series(1001, 1176) as n
on conflict do nothing;

-- Sensors: number = device × 100 + type, point = what it measures. Scales carry a tare and the item they weigh.
insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "dsPonto", "cdUnidade", "cdProdutoItem",
                               "nrUnidadeIni", "nrUnidadeFim")
select d.dispositivo * 100 + t.tipo, d.dispositivo, t.tipo, t.ponto, t.unidade::public.unidade, t.item, t.inicio, t.fim
from (
  select n, case when n <= 8 then '{2,3,4}'
                 when n <= 12 then '{1,5,9,10,11,12,13,14,15,16,17,18}'
                 else '{2,4}' end::integer[]
  from (select generate_series(1, 24) union all select generate_series(1001, 1176)) as g (n)
) as d (dispositivo, tipos)
join (values
  (1, 'distancia', null, 3, 0, 350), -- in millimetres, which no unit says
  (2, 'porta', 'aberturas', null, null, null),
  (3, 'peso', 'gramas', 1, 1500, 40000),
  (4, 'temperatura', 'temperatura', null, null, null),
  (5, 'pessoas', 'pessoas', null, null, null),
  (9, 'masculino', 'pessoas', null, null, null),
  (10, 'feminino', 'pessoas', null, null, null),
  (11, 'crianca', 'pessoas', null, null, null),
  (12, 'jovem', 'pessoas', null, null, null),
  (13, 'adulto', 'pessoas', null, null, null),
  (14, 'senior', 'pessoas', null, null, null),
  (15, 'alegre', 'pessoas', null, null, null),
  (16, 'concentrado', 'pessoas', null, null, null),
  (17, 'neutro', 'pessoas', null, null, null),
  (18, 'categoria_total', 'pessoas', null, null, null)
) as t (tipo, ponto, unidade, item, inicio, fim) on t.tipo = any (d.tipos)
on conflict do nothing;

-- A type that client 1 has made.
insert into public."TbTipoSensor" (id, "dsNome", "dsUnidade", "dsAgregacao", "cdCliente")
values (20, 'Umidade', '%RH', 'mean', 1)
on conflict do nothing;

insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "dsPonto", "cdUnidade")
values (9041, 904, 4, 'temperatura', 'temperatura'), (420, 4, 20, 'umidade', null),
       (9051, 905, 4, 'temperatura', 'temperatura')
on conflict do nothing;

-- What people add later is numbered after these rows; a sequence never goes back.
do $$
declare
  v_tabela record;
begin
  for v_tabela in
    select t.nome, t.codigo, pg_get_serial_sequence(format('public.%I', t.nome), t.codigo) as sequencia
    from (values ('TbCliente', 'cdCliente'), ('TbEndereco', 'cdEndereco'), ('TbDestinatario', 'cdDestinatario'),
                 ('TbProduto', 'cdProduto'), ('TbImagens', 'cdImagens'), ('TbProdutoItem', 'cdProdutoItem'),
                 ('TbDispositivo', 'cdDispositivo'), ('TbSensor', 'cdSensor')) as t (nome, codigo)
  loop
    execute format('select setval(%L, greatest((select max(%I) from public.%I), (select last_value from %s)))',
                   v_tabela.sequencia, v_tabela.codigo, v_tabela.nome, v_tabela.sequencia);
  end loop;
end
$$;
