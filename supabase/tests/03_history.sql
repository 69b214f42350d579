-- What has history can be retired, never deleted; what has none can go.
-- Seen to fail: each trigger and each foreign key of the links dropped, and each deletion refused.
begin;
\ir fleet.psql
select plan(22);

-- Device 1 reported a position and a reading. Device 2 sent readings alone, and its sensor 22 is on device 1 now. Device 3
-- reported when it was client 3's and at site 3, then again as client 1's: only history knows of client and site. Device 4
-- never reported, but it has a sensor, an owner and a site.
insert into "TbDestinatario" ("cdDestinatario", "cdCliente", "cdEndereco") values (3, 1, 1);
update "TbDispositivo" set "cdDestinatario" = 3 where "cdDispositivo" = 3;
insert into "TbDispositivo" ("cdDispositivo", "cdCliente", "cdDestinatario") values (4, 1, 2);
insert into "TbSensor" ("cdSensor", "cdDispositivo", "cdTipoSensor") values (22, 2, 4), (41, 4, 4);
select pg_temp.send('[{"cdDispositivo": 1, "dtRegistro": "@t:00Z", "nrSeq": 1,
                       "sensores": [{"cdSensor": 11, "nrValor": 1, "cdProdutoItem": 2}]},
                      {"cdDispositivo": 2, "dtRegistro": "@t:00Z", "sensores": [{"cdSensor": 22, "nrValor": 1}]},
                      {"cdDispositivo": 3, "dtRegistro": "@t:00Z", "nrSeq": 1}]') \g /dev/null
update series."TbPosicao" set "cdEndereco" = 2;
update "TbDestinatario" set "cdEndereco" = 1;
update "TbDispositivo" set "cdCliente" = 1, "cdDestinatario" = null where "cdDispositivo" = 3;
select pg_temp.send('[{"cdDispositivo": 3, "dtRegistro": "@t:01Z", "nrSeq": 1}]') \g /dev/null
update "TbDispositivo" set "cdProduto" = null;
update "TbSensor" set "cdDispositivo" = 1 where "cdSensor" = 22;
update "TbSensor" set "cdProdutoItem" = null where "cdSensor" = 11;
delete from "TbProdutoItemJoinTable";
delete from "TbSensor" where "cdSensor" = 12;

create function pg_temp.everything() returns table (what text) language sql as $$
  select format('client %s', "cdCliente") from "TbCliente"
  union all select format('address %s', "cdEndereco") from "TbEndereco"
  union all select format('site %s', "cdDestinatario") from "TbDestinatario"
  union all select format('item %s', "cdProdutoItem") from "TbProdutoItem"
  union all select format('device %s', "cdDispositivo") from "TbDispositivo"
  union all select format('sensor %s', "cdSensor") from "TbSensor"
  union all select format('position of %s', "cdDispositivo") from "TbPosicao"
  union all select format('reading of %s', "cdSensor") from "TbSensorRegistro"
  union all select format('current position of %s', "cdDispositivo") from "TbPosicaoAtual"
$$;
create temporary table before as select what from pg_temp.everything();

-- With history
select throws_ok(statement, state, null, why) from (values
  ('delete from "TbSensor" where "cdSensor" = 11', 'PT409', 'a sensor with readings'),
  ('delete from "TbSensor" where "cdSensor" = 22', 'PT409', 'a sensor whose readings came on another device'),
  ('delete from "TbSensor"', 'PT409', 'all sensors at once'),
  ('update "TbSensor" set "cdSensor" = 99 where "cdSensor" = 11', '23503', 'nor can a sensor take another number'),
  ('delete from "TbDispositivo" where "cdDispositivo" = 1', 'PT409', 'a device with positions'),
  ('delete from "TbDispositivo" where "cdDispositivo" = 2', 'PT409', 'a device with readings alone, their sensor gone'),
  ('update "TbDispositivo" set "cdDispositivo" = 99 where "cdDispositivo" = 1', '23503', 'nor can a device'),
  ('delete from "TbProdutoItem" where "cdProdutoItem" = 1', '23503', 'an item a sensor once had'),
  ('delete from "TbProdutoItem" where "cdProdutoItem" = 2', '23503', 'an item only a reading named'),
  ('delete from "TbDestinatario" where "cdDestinatario" = 3', '23503', 'a site a device was at when it reported'),
  ('delete from "TbEndereco" where "cdEndereco" = 2', 'PT409', 'an address a position was found at'),
  ('delete from "TbCliente" where "cdCliente" = 3', '23503', 'a client who owned a device when it reported'),
  ($$ select pg_temp.ask(1, 'delete from "TbDispositivo" where "cdDispositivo" = 1') $$, 'PT409', 'by an admin')
) t (statement, state, why);
select set_eq('select what from pg_temp.everything()', 'select what from before', 'all of it is still there');
select is(pg_temp.ask(1, $$ update "TbDispositivo" set "cdStatus" = 'encerrado' where "cdDispositivo" = 1 returning 'done' $$),
          'done', 'a device with history can be retired');

-- Without history
select lives_ok(statement, why) from (values
  ('delete from "TbSensor" where "cdSensor" = 41', 'a sensor without readings'),
  ('delete from "TbDispositivo" where "cdDispositivo" = 4', 'a device that never reported, with its links'),
  ('delete from "TbDestinatario" where "cdDestinatario" = 2', 'the site it was at'),
  ('delete from "TbProdutoItem" where "cdProdutoItem" = 3', 'an item no reading names'),
  ('delete from "TbProduto"', 'products no device is mounted on')
) t (statement, why);
delete from "TbSensor" where "cdSensor" = 91;
delete from "TbDispositivo" where "cdDispositivo" = 9;
select lives_ok('delete from "TbCliente" where "cdCliente" = 2', 'a client whose devices never reported');
select is_empty($$ select from "TbDispositivoVinculo" where "cdDispositivo" = 4
                   union all select from "TbSensorVinculo" where "cdSensor" = 41 $$, 'nothing is left of what was deleted');

select * from finish();
rollback;
