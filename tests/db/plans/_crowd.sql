-- 3,000 devices of 51 clients with four months of history. 1001 to 1200 are of client 1, the others of 10 to 59.
alter table "TbSensor" disable trigger user; -- no audit of what is made up
create function pg_temp.dono(n integer) returns integer language sql immutable as $$
  select case when n between 1001 and 1200 then 1 else 10 + n % 50 end
$$;
insert into "TbCliente" ("cdCliente") select generate_series(10, 59);
insert into "TbEndereco" ("cdEndereco", "dsUF", "dsLat", "dsLong")
select n, 'U' || n % 500, -33 + n % 100 * 0.2, -60 + n / 100 * 0.2 from generate_series(1001, 7001) n; -- 4001 to 7000 are of reports, 7001 of nobody
insert into "TbDestinatario" ("cdDestinatario", "cdEndereco", "nrRaio", "cdCliente")
select n, n, 500, pg_temp.dono(n) from generate_series(1001, 4000) n;
insert into "TbProduto" ("cdProduto", "cdCliente") select n, pg_temp.dono(n) from generate_series(1001, 1500) n;
insert into "TbDispositivo" ("cdDispositivo", "cdDestinatario", "cdStatus", "cdCliente", "cdProduto")
select n, n, (case when n % 20 = 0 then 'suspenso' else 'ativo' end)::public.status, pg_temp.dono(n),
       case when n <= 1200 then 1001 + n % 10 else 1201 + n % 300 end
from generate_series(1001, 4000) n;
insert into "TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "dsPonto")
select n * 10 + k, n, k, 'p' || k from generate_series(1001, 4000) n, unnest('{2,4,5}'::integer[]) k;
-- 1001 is a gateway with many points.
insert into "TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor", "dsPonto")
select 100000 + n, 1001, 2, 'x' || n from generate_series(1, 3000) n;
insert into "TbSensorVinculo" ("cdSensor", "cdDispositivo") select "cdSensor", "cdDispositivo" from "TbSensor"
on conflict do nothing;
alter table "TbSensor" enable trigger user;

-- A report every other day; every tenth was geocoded.
insert into series."TbPosicao" ("cdPosicao", "cdDispositivo", "cdCliente", "dtRegistro", "nrBat", "dsLat", "dsLong", "blArea",
                         "cdEndereco")
select d * 1000 + n, d, pg_temp.dono(d), %(noon)s::timestamp - make_interval(days => 2 * n, secs => d), 3.5,
       -33 + d % 100 * 0.2, -60 + d / 100 * 0.2, d % 3 > 0, case when n % 10 = 0 then 4001 + (d * 7 + n) % 3000 end
from generate_series(0, 59) n, generate_series(1001, 4000) d;
insert into series."TbSensorRegistro" ("cdSensor", "cdDispositivo", "cdCliente", "dtRegistro", "cdPosicao", "nrValor")
select p."cdDispositivo" * 10 + k, p."cdDispositivo", p."cdCliente", p."dtRegistro", p."cdPosicao", 4
from "TbPosicao" p, unnest('{2,4}'::integer[]) k;

insert into "TbIngestaoErro" ("dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho", "blReprocessavel",
                              "cdCliente", "cdDispositivo", "dtExpiracao")
select 'x', 'MALFORMED', int4send(n), repeat('x', 100), '{}', 2, true, c, n % 500,
       now() + make_interval(mins => n - 20)
from generate_series(1, 20000) n, lateral (select case when n % 100 = 0 then 1 else 10 + n % 50 end as c) o;
insert into private."TbQuarentenaOrigem" ("cdCliente", "dsOrigem", "nrErros")
select 10 + n % 50, 'device:' || n, n from generate_series(1, 10000) n;
alter table "TbApiKeys" disable trigger user;
insert into "TbApiKeys" ("cdUsuario", "dsHash", "cdCliente", "cdClientes", "cdApiKeyMae", "cdPortador")
select u.id, encode(sha256(int4send(n)), 'hex'), 10 + n / 100, array[10 + n / 100], o.one, o.one
from generate_series(1, 5000) n,
     lateral (select ('00000000-0000-4000-8000-' || lpad((n % 1000)::text, 12, '0'))::uuid as one) o, (select id from auth.users limit 1) u;
alter table "TbApiKeys" enable trigger user;
insert into "TbDispositivoCredencial" ("cdDispositivo", "dsUsuario", "dsHash", "cdApiKey")
select n, n || '-x', '$6$eA==$eA==', ('00000000-0000-4000-8000-' || lpad((n % 1000)::text, 12, '0'))::uuid
from generate_series(1001, 4000) n;
insert into "TbAuditoria" ("dsTabela", "dsOperacao", "cdCliente", "dtRegistro")
select 'TbSensor', 'update', 10 + n % 50, now() - make_interval(mins => n) from generate_series(1, 20000) n;
insert into "TbManutencaoExecucao" ("dsPasso", "dtInicio")
select 'expire_quarantine', now() - make_interval(hours => n) from generate_series(1, 2170) n;
insert into private."TbBilhete" ("dsHash", "dsChamador", "dtExpiracao")
select encode(sha256(int4send(n)), 'hex'), 'user:' || n % 1000, now() from generate_series(1, 5000) n;
