-- A fleet in a database of the legacy system: clients with a user each (every fourth is a child of the one before),
-- products, items, sites, devices with sensors. Codes are computed from the number of the device.
insert into public."TbCliente" ("cdCliente", "dsNome", "cdStatus", "cdClientePai")
  select c, 'Client ' || c, 'ativo', case when c % 4 = 0 then c - 1 end from generate_series(1, {clients}) c;
insert into auth.users (id, raw_user_meta_data)
  select ('00000000-0000-4000-8000-' || lpad(c::text, 12, '0'))::uuid,
         jsonb_build_object('nome', 'Person ' || c, 'cdCliente', c)
  from generate_series(1, {clients}) c;
insert into public."TbTipoSensor" (id, "dsNome", "dsUnidade")
  values (2, 'Abertura de Porta', 'abertura'), (3, 'Peso', 'gramas'), (4, 'Temperatura', 'celcius'),
         (5, 'Camera de movimento', 'Qtde de pessoas');

-- Sixteen places of each device, as the addresses that positions pointed to: the first is the site's, the last two are
-- outside its radius, in kilometres.
insert into public."TbEndereco" ("cdEndereco", "dsLogradouro", "nrNumero", "dsCidade", "dsUF", "dsLat", "dsLong")
  select (d - 1) * 16 + n + 1, 'Rua ' || d, n::text, 'São Paulo', 'SP',
         to_char(-23.9 + (d - 1) % 20 * 0.035 + r.grau * sin(n), 'FM990.00000'),
         to_char(-46.9 + (d - 1) / 20 * 0.035 + r.grau * cos(n), 'FM990.00000')
  from generate_series(1, {devices}) d
  cross join generate_series(0, 15) n
  cross join lateral (select case when n < 14 then 0.00015 * n else 0.02 end as grau) r;
insert into public."TbDestinatario" ("cdDestinatario", "dsNome", "nrRaio", "cdCliente", "cdEndereco")
  select d, 'Loja ' || d, 0.3, (d - 1) / {per_client} + 1, (d - 1) * 16 + 1 from generate_series(1, {devices}) d;
insert into public."TbProduto" ("cdProduto", "dsNome", "dsDescricao", "nrCodigo", "cdStatus", "cdCliente")
  select c, 'Freezer ' || c, 'Freezer of client ' || c, 'F' || c, 'ativo', c from generate_series(1, {clients}) c;
insert into public."TbProdutoItem" ("cdProdutoItem", "dsNome", "nrPesoUnit", "nrAlt")
  select c, 'Item ' || c, 350, 40 from generate_series(1, {clients}) c;
insert into public."TbProdutoItemJoinTable" ("cdProdutoItem", "cdProduto")
  select c, c from generate_series(1, {clients}) c;
-- Every tenth device measures by day only.
insert into public."TbDispositivo" ("cdDispositivo", "dsDispositivo", "cdStatus", "cdCliente", "cdProduto",
                                    "cdDestinatario", "horarioMedicaoInicio", "horarioMedicaoFim")
  select d, 'Device ' || d, 'ativo', (d - 1) / {per_client} + 1, (d - 1) / {per_client} + 1, d,
         case when d % 10 = 0 then time '06:00' end, case when d % 10 = 0 then time '22:00' end
  from generate_series(1, {devices}) d;
-- Temperature, door, weight (with a product item) and people in turn.
insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "cdProdutoItem", "nrUnidadeIni")
  select (d - 1) * {sensors} + s, d, kind.id, case when kind.id = 3 then (d - 1) / {per_client} + 1 end,
         case when kind.id = 3 then 500 end
  from generate_series(1, {devices}) d
  cross join generate_series(1, {sensors}) s
  cross join lateral (select ('{{4,2,3,5}}'::integer[])[(d + s - 1) % 4 + 1] as id) kind;
select setval(pg_get_serial_sequence(format('public.%I', t), c), n)
  from (values ('TbCliente', 'cdCliente', {clients}), ('TbEndereco', 'cdEndereco', {devices} * 16),
               ('TbDestinatario', 'cdDestinatario', {devices}), ('TbProduto', 'cdProduto', {clients}),
               ('TbProdutoItem', 'cdProdutoItem', {clients}), ('TbDispositivo', 'cdDispositivo', {devices}),
               ('TbSensor', 'cdSensor', {devices} * {sensors}), ('TbPosicao', 'cdPosicao', greatest({reports}, 1)))
       as s (t, c, n);
