-- The fleet: clients with a user each, products, items, sites, devices with one sensor. Codes are computed from the
-- number of the device, so that the cases can compute them too.
insert into public."TbCliente" ("cdCliente", "dsNome")
  select c, 'Client ' || c from generate_series(1, {clients}) c;
insert into auth.users (id)
  select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid from generate_series(0, {clients}) n;
insert into public.profiles (id, nome, "cdCliente", role)
  select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Person ' || n, nullif(n, 0),
         case n when 0 then 'service' else 'default' end::public.role
  from generate_series(0, {clients}) n
  on conflict (id) do update set "cdCliente" = excluded."cdCliente", role = excluded.role;
insert into public."TbApiKeys" ("cdUsuario", "dsHash", "dsNome", "dsPermissoes")
  values ('00000000-0000-4000-8000-000000000000', '{key}', 'Gateway', '{{ingest}}');

insert into public."TbEndereco" ("cdEndereco", "dsLogradouro", "nrNumero", "dsCidade", "dsUF", "dsLat", "dsLong")
  select s, 'Rua ' || s, s::text, 'São Paulo', 'SP', -23.9 + s % 20 * 0.035, -46.9 + s / 20 * 0.035
  from generate_series(1, {sites}) s;
insert into public."TbDestinatario" ("cdDestinatario", "dsNome", "nrRaio", "cdCliente", "cdEndereco")
  select s, 'Loja ' || s, 300, (s - 1) * {per_site} / {per_client} + 1, s from generate_series(1, {sites}) s;
insert into public."TbProduto" ("cdProduto", "dsNome", "dsDescricao", "nrCodigo", "cdCliente")
  select c, 'Freezer ' || c, 'Freezer of client ' || c, 'F' || c, c from generate_series(1, {clients}) c;
insert into public."TbProdutoItem" ("cdProdutoItem", "dsNome", "nrPesoUnit", "nrAlt")
  select c, 'Item ' || c, 350, 40 from generate_series(1, {clients}) c;
insert into public."TbProdutoItemJoinTable" ("cdProdutoItem", "cdProduto")
  select c, c from generate_series(1, {clients}) c;

-- Every tenth device measures by day only.
insert into public."TbDispositivo" ("cdDispositivo", "dsDispositivo", "cdStatus", "cdCliente", "cdProduto", "cdDestinatario",
                                    "horarioMedicaoInicio", "horarioMedicaoFim")
  select d, 'Device ' || d, 'ativo', (d - 1) / {per_client} + 1, (d - 1) / {per_client} + 1, (d - 1) / {per_site} + 1,
         case when d % 10 = 0 then time '06:00' end, case when d % 10 = 0 then time '22:00' end
  from generate_series(1, {devices}) d;
-- Temperature, door, weight (with a product item) and people in turn.
insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "dsPonto", "cdProdutoItem", "nrUnidadeIni")
  select d, d, ('{{4,2,3,5}}'::integer[])[d % 4 + 1], 'ponto',
         case when d % 4 = 2 then (d - 1) / {per_client} + 1 end, case when d % 4 = 2 then 500 end
  from generate_series(1, {devices}) d;
select setval(pg_get_serial_sequence(format('public.%I', t), c), n)
  from (values ('TbCliente', 'cdCliente', {clients}), ('TbEndereco', 'cdEndereco', {sites}),
               ('TbDestinatario', 'cdDestinatario', {sites}), ('TbProduto', 'cdProduto', {clients}),
               ('TbProdutoItem', 'cdProdutoItem', {clients}), ('TbDispositivo', 'cdDispositivo', {devices}),
               ('TbSensor', 'cdSensor', {devices})) as s (t, c, n);
select setval('series."TbPosicao_cdPosicao_seq"', {reports});
select private.ensure_partitions();

-- Positions of each device: sixteen places around its site, the last two outside the geofence; distances as ingestion
-- computes them.
create schema bench;
create table bench.place as
  select p.d, p.n, p."geoPonto", p."dsLat", p."dsLong", p.metros::real as "nrDistancia", p.metros <= 300 as "blArea"
  from (
    select q.d, q.n, q."geoPonto", q."dsLat", q."dsLong",
           extensions.st_distance(q."geoPonto", extensions.st_point(q."dsLong", q."dsLat")::extensions.geography) as metros
    from (
      select d, n, e."geoPonto", round((e."dsLat" + r.grau * sin(n))::numeric, 5)::float8 as "dsLat",
             round((e."dsLong" + r.grau * cos(n))::numeric, 5)::float8 as "dsLong"
      from generate_series(1, {devices}) d
      cross join generate_series(0, 15) n
      cross join lateral (select case when n < 14 then 0.00015 * n else 0.02 end as grau) r
      join public."TbEndereco" e on e."cdEndereco" = (d - 1) / {per_site} + 1
    ) q
  ) p;
analyze;
