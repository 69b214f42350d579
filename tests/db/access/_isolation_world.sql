-- The rows of four clients; see _isolation.py for how they are numbered. Run by the owner.
begin;

insert into public."TbCliente" ("cdCliente", "dsNome", "cdClientePai")
values (1, 'one', null), (2, 'two', null), (3, 'child of one', 1), (4, 'child of three', 3);

create temporary table n on commit drop as
select "cdCliente" as c, "cdCliente" * 100 + 1 as cd from public."TbCliente"
union all select null, 1; -- and once more, belonging to nobody
create temporary table own on commit drop as select c, cd from n where c is not null;

insert into public."TbClienteChave" (id, "dsChave", "cdCliente") select cd, 'code ' || c, c from own;
insert into public."TbEndereco" ("cdEndereco", "dsLogradouro", "dsLat", "dsLong") select cd, 'site', -23.5, -46.6 from n;
insert into public."TbEndereco" ("cdEndereco", "dsLogradouro") select cd + 1, 'geocoded' from own;
insert into public."TbDestinatario" ("cdDestinatario", "nrRaio", "cdCliente", "cdEndereco")
select cd, 100, c, case when c is not null then cd end from n;
insert into public."TbProduto" ("cdProduto", "dsNome", "cdCliente") select cd, 'product', c from n;
insert into public."TbProdutoItem" ("cdProdutoItem", "dsNome") select cd, 'item' from n;
insert into public."TbProdutoItemJoinTable" ("cdProdutoItem", "cdProduto") select cd, cd from own;
insert into public."TbImagens" ("cdImagens", "dsCaminho", "cdCodigo", "cdProduto") select cd, 'path', 'code', cd from n;
insert into public."TbDispositivo" ("cdDispositivo", "cdDestinatario", "cdProduto", "cdCliente") select cd, cd, cd, c from n;
insert into public."TbDispositivoLiberado" ("cdDispositivo", "dtFim", "dsMotivo")
select cd, now() + case when c = 2 then interval '-1 second' else interval '1 day' end, 'old' from n;
insert into public."TbSensor" ("cdSensor", "cdDispositivo", "cdProdutoItem", "cdTipoSensor", "dsPonto")
select cd, cd, cd, 2, 'point' from n;
insert into public."TbTipoSensor" (id, "dsNome", "cdCliente") select cd, 'type of ' || c, c from own;
insert into public."TbEstado" ("cdEstadoIBGE", "dsUf") values (35, 'SP');
insert into public."TbMunicipio" ("cdMunicipioIBGE", "cdEstadoIBGE") values ('3550308', 35);
insert into public."TbManutencaoExecucao" ("dsPasso") values ('step');
insert into private."TbProdutoItemAnterior" ("cdProdutoItem", "cdCliente") select cd, c from own;
insert into private."TbConversaoAviso" ("dsTabela", "cdLinha", "dsAntes", "dsMotivo") values ('table', '1', '{}', 'reason');
insert into public."TbComandoAck" ("cdDispositivo", "cdComando", "cdCliente", "blOk", "dsPayload")
select cd, 'command', c, true, '{}' from own;
insert into public."TbEventoDispositivo" ("cdDispositivo", "cdCliente", "dtRegistro", "dsTipo", "dsPayload")
select cd, c, now() at time zone 'UTC', 'event', '{}' from own;
insert into public."TbDispositivoMeta" ("cdDispositivo", "cdCliente", "dtRegistro", "jsMeta")
select cd, c, now() at time zone 'UTC', '{}' from own;

insert into inventario.armazem ("cdArmazem", "cdCliente") select cd, c from own;
insert into inventario.rua ("cdRua", nome, "cdArmazem", position) select cd, 'aisle', cd, 1 from own;
insert into inventario.prateleira ("cdPrateleira", nome, "cdRua", position) select cd, 'shelf', cd, 1 from own;
insert into inventario.sessao ("cdSessao", nome, "cdPrateleira", position) select cd, 'section', cd, 1 from own;
insert into inventario.inventario ("cdInventario", "cdArmazem") select cd, cd from own;
insert into inventario.leituras (id, "cdSessao", "cdInventario") select cd, cd, cd from own;

-- Imports get keys behind those above.
select setval(pg_get_serial_sequence('public."TbDispositivo"', 'cdDispositivo'), 10000),
       setval(pg_get_serial_sequence('public."TbSensor"', 'cdSensor'), 10000);

-- People: n01 reads, n02 administers; 1 is the service; 3 once belonged to a client.
insert into auth.users (id)
select format('00000000-0000-4000-8000-%s', lpad(u::text, 12, '0'))::uuid
from unnest('{1,3,101,102,201,202,301,302,401}'::integer[]) u;
insert into public.profiles (id, "cdCliente", role)
select id, nullif(right(id::text, 12)::integer / 100, 0),
       case when id::text like '%00001' then 'service' when id::text like '%2' then 'admin' else 'default' end::public.role
from auth.users where id::text not like '%00003'
on conflict (id) do update set "cdCliente" = excluded."cdCliente", role = excluded.role;
delete from public.profiles where id::text like '%00003';

-- Keys act for all clients of their owner, unless they name some; nobody's key does more than its owner may.
insert into public."TbApiKeys" ("cdUsuario", "dsHash", "dsNome", "dsPermissoes", "cdClientes", "blAtiva", "dtExpiracao")
select k."user", k.hash, k.name,
       case k.name when 'read' then '{read}' when 'auditor' then '{read}' when 'ingest' then '{ingest}'
                   when 'gateway' then '{ingest}' else '{read,ingest,admin}' end::text[],
       case k.name when 'limited' then '{3,2}' when 'moved' then '{1}' end::integer[],
       k.name <> 'inactive', case when k.name = 'expired' then now() - interval '1 second' end
from jsonb_to_recordset(current_setting('world.keys')::jsonb) as k (name text, hash text, "user" uuid);

insert into public."TbUsoApiKey" select "cdApiKey", 0, now(), now(), 1, now(), 1 from public."TbApiKeys";

-- A report outside the geofence, found to be at an address; and one element in quarantine.
set local role service_role;
select public.insert_device_readings(
  (select jsonb_agg(jsonb_build_object('cdDispositivo', d, 'latitude', -23.4, 'longitude', -46.6, 'nrBat', 3.3,
                                       'sensores', jsonb_build_array(jsonb_build_object('cdSensor', d, 'nrValor', 1))))
   from unnest('{101,201,301,401}'::integer[]) d));
reset role;
update private."TbRollupMarca" set "dtPiso" = date_trunc('hour', localtimestamp) - interval '2 days',
  "dtMarca" = date_trunc('hour', localtimestamp) - interval '1 hour', "dtAnunciada" = date_trunc('hour', localtimestamp) - interval '1 hour';
insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdCliente")
select date_trunc('hour', localtimestamp) - interval '5 hours', cd, c from own;
insert into private."TbRollupPendente" ("dtHora", "cdDispositivo")
select date_trunc('hour', localtimestamp) - interval '5 hours', cd from n;
insert into series."TbSensorRegistro1m" select date_trunc('hour', localtimestamp), 1, 1, 1, 1, cd, c from own;
insert into series."TbSensorRegistro5m" select date_trunc('hour', localtimestamp), 1, 1, 1, 1, cd, c from own;
insert into series."TbSensorRegistro1h" select date_trunc('hour', localtimestamp), 1, 1, 1, 1, cd, c, null, 1 from own;
select private.sum_days(array_agg(cd), array_agg(date_trunc('day', localtimestamp))) from own;
insert into series."TbContagemDiaria" select current_date, cd, c, 0, array_fill(1, array[24]) from own;
insert into public."TbDispositivoCredencial" ("cdDispositivo", "dsUsuario", "dsHash", "cdCliente")
select cd, cd || '-x', '$6$eA==$eA==', c from own;
insert into public."TbPoliticaRetencao" ("cdCliente") select c from own;
insert into public."TbReciboExclusao" ("cdExclusao", "cdDispositivo", "cdClientes", "dsMotivo", "dsChamador", "dtFim", "xiExclusao")
select gen_random_uuid(), 1, array[c], 'reason', 'service', now(), '3'::xid8 from own;
insert into public."TbGuardaLegal" ("cdCliente", "cdDispositivo", "dsMotivo") select c, 1, 'reason' from own;
insert into private."TbRetencaoPiso" ("cdCliente") select c from own;
insert into private."TbArquivo" ("dsArquivo", "cdCliente") values ('/archive/client-1/2025-01', 1);
update series."TbPosicao" set "cdEndereco" = "cdDispositivo" + 1;
insert into public."TbIngestaoErro" ("cdErro", "dsChamador", "dsMotivo", "dsHash", "dsTexto", "dsPayload", "nrTamanho",
                                     "blReprocessavel", "cdCliente", "cdDispositivo", "dtExpiracao")
overriding system value
select cd, 'user:' || cd, 'UNKNOWN_SENSOR', sha256('x'), 'text', convert_to(format('{"cdDispositivo": %s}', cd), 'UTF8'), 9,
       true, c, cd, now() + interval '1 day'
from n;
select setval(pg_get_serial_sequence('public."TbIngestaoErro"', 'cdErro'), 1000);
insert into private."TbErroAlheio" values (1);
insert into private."TbQuarentenaOrigem" values (1, 'device:101', 1);
insert into public."TbQuarentena" ("cdCliente", "nrErros") select c, 1 from n;
select setval(pg_get_serial_sequence('public."TbProduto"', 'cdProduto'), 1000);

insert into private."TbGeocodificacao" ("nrLat", "nrLong") values (0, 0);
insert into private."TbBilhete" ("dsHash", "dsChamador", "dtExpiracao") values ('x', 'key:x', 'infinity');
insert into private."TbCalendario" values ('2026-01-01', '2026-01-01 00:05', '2026-01-01', 5);

-- History of three months ago, packed. That it is packed is what the marker says from now on.
insert into series."TbPosicao" ("cdDispositivo", "cdCliente", "dtRegistro", "nrBat", "dsLat", "dsLong")
select cd, c, date_trunc('month', localtimestamp) - interval '80 days', 3.5, 1, 1 from own;
insert into series."TbSensorRegistro" ("cdSensor", "cdDispositivo", "cdCliente", "dtRegistro", "nrValor")
select cd, cd, c, date_trunc('month', localtimestamp) - interval '80 days', 1 from own;
select private.pack_positions(array_agg(private.make_data_range(cd, null,
  date_trunc('month', date_trunc('month', localtimestamp) - interval '80 days'), date_trunc('month', localtimestamp)))) from own;
select private.pack_values(array_agg(private.make_data_range(cd, null,
  date_trunc('month', date_trunc('month', localtimestamp) - interval '80 days'), date_trunc('month', localtimestamp)))) from own;
select private.sum_hours(array_agg(cd), array_agg(h), array_agg(h + interval '1 hour'))
from own, date_trunc('hour', date_trunc('month', localtimestamp) - interval '80 days') h;
select private.pack_buckets(60, 'TbSensorRegistro1h', '7 days', array_agg(cd), array_agg(date_bin('7 days', h, '2000-01-01')))
from own, cast(date_trunc('month', localtimestamp) - interval '80 days' as timestamp) h;
update private."TbFrioMarca"
set "dtAnunciada" = greatest("dtFrio", date_trunc('month', localtimestamp) - interval '1 month');

commit;
