-- One call after the other: every verdict, every reason to reject, and what quarantine keeps.
-- Seen to fail: each line of the functions of ingestion, quarantine and replay left out, each of their codes changed.
begin;
\ir fleet.psql
select plan(118);

-- Verdicts, each element after those before it -----------------------------------------------------------------------
select is(pg_temp.verdict(e), verdict, why) from (values
  ('{"cdDispositivo": 1, "dtRegistro": "@t:00Z", "nrSeq": 1, "nrBat": 3.7, "latitude": -23.550501,
     "longitude": -46.6333, "sensores": [{"cdSensor": 11, "nrValor": 1500.5}]}', 'stored', 'a position with a reading'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:00Z", "nrSeq": 1, "nrBat": 3.7, "latitude": -23.5505,
     "longitude": -46.6333, "sensores": [{"cdSensor": 11, "nrValor": 1500.5}]}', 'duplicate', 'the same again, rounded'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:00-00:00", "nrSeq": 1, "nrBat": null}', 'duplicate', 'a part, null like absent'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:00Z", "nrSeq": 1, "sensores": [{"cdSensor": 12, "blValor": true}]}',
   'stored', 'a reading that the first sending lacked'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:00Z",
     "sensores": [{"dsPonto": "weight", "nrValor": 1500.5, "cdProdutoItem": 1}]}',
   'duplicate', 'a reading by its point and item'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:00Z", "nrSeq": 1, "nrBat": 3.6}', 'conflict CONFLICT', 'another battery'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:00Z", "nrSeq": 1, "latitude": -23.5506, "longitude": -46.6333}',
   'conflict CONFLICT', 'another place'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:00Z", "sensores": [{"cdSensor": 11, "nrValor": 1}]}',
   'conflict CONFLICT', 'another value'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:00Z", "sensores": [{"cdSensor": 11, "dsValor": "1500.5"}]}',
   'conflict CONFLICT', 'another kind of value'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:00Z", "sensores": [{"cdSensor": 11, "nrValor": 1500.5, "nrQualidade": 1}]}',
   'conflict CONFLICT', 'another quality'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:00Z", "sensores": [{"cdSensor": 11, "nrValor": 1500.5, "cdProdutoItem": 2}]}',
   'conflict CONFLICT', 'another item'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:01Z", "nrSeq": 2}', 'stored', 'a position without coordinates and battery'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:01Z", "nrSeq": 2, "nrBat": 3.7}', 'conflict CONFLICT', 'a value over a null'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:01Z", "nrSeq": 2, "nrBat": 3.7,
     "sensores": [{"cdSensor": 12, "blValor": false}]}', 'conflict CONFLICT', 'a conflict with a reading beside it'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:02-03:00", "sensores": [{"cdSensor": 12, "dsValor": "open", "nrQualidade": 2}]}',
   'stored', 'telemetry without a position, its time with an offset'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:04Z", "nrSeq": 4, "sensores": [{"cdSensor": 11, "nrValor": -5.5}]}',
   'stored', 'a reading'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:04Z", "nrSeq": 3, "sensores": [{"cdSensor": 11, "nrValor": -5.5}]}',
   'stored', 'the same reading under a lower nrSeq, which owns it now'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:04Z", "nrSeq": 5, "sensores": [{"cdSensor": 11, "nrValor": -5.5}]}',
   'stored', 'and under a higher one, which does not'),
  ('{"cdDispositivo": 1, "dtRegistro": "@t:05Z", "sensores": [{"cdSensor": 11, "nrValor": 1e-400}]}', 'stored', 'almost 0'),
  ('{"cdDispositivo": 1, "cdCliente": 1, "nrBat": 3.6}', 'stored', 'without time, its owner asserted'),
  ('{"cdDispositivo": 3, "cdCliente": 1, "dtRegistro": "@t:00", "nrSeq": 1, "latitude": 0, "longitude": 180}',
   'stored', 'the device of a child, its parent asserted, its time without offset')
) t (e, verdict, why);

-- Reasons to reject ---------------------------------------------------------------------------------------------------
select is(pg_temp.verdict(e), 'rejected ' || code, code || ': ' || left(e, 90)) from (values
  ('1', 'MALFORMED'),
  ('[]', 'MALFORMED'),
  ('null', 'MALFORMED'),
  ('{}', 'MALFORMED'),
  ('{"cdDispositivo": 1}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "sensores": []}', 'MALFORMED'),
  ('{"cdDispositivo": "1", "nrSeq": 3}', 'MALFORMED'),
  ('{"cdDispositivo": 1.5, "nrSeq": 3}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "nrSeq": 3, "color": "red"}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "nrSeq": 1.5}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "nrBat": "full"}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "cdCliente": "1", "nrSeq": 3}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "sensores": {"cdSensor": 11, "nrValor": 1}}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "sensores": [1]}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11}]}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "sensores": [{"nrValor": 1}]}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": "11", "nrValor": 1}]}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "sensores": [{"dsPonto": 11, "nrValor": 1}]}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "dsPonto": "weight", "nrValor": 1}]}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "nrValor": 1, "cdProdutoItem": "1"}]}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "nrValor": 1, "blValor": true}]}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "nrValor": "1"}]}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "blValor": 1}]}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "dsValor": 1}]}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "nrValor": 1, "unit": "g"}]}', 'MALFORMED'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "nrValor": 1}, {"dsPonto": "weight", "nrValor": 1}]}', 'MALFORMED'),
  ('{"cdDispositivo": 999, "nrSeq": 3}', 'UNKNOWN_DEVICE'),
  ('{"cdDispositivo": 1e30, "nrSeq": 3}', 'UNKNOWN_DEVICE'),
  ('{"cdDispositivo": 9, "nrSeq": 3}', 'UNKNOWN_DEVICE'),
  ('{"cdDispositivo": 10, "nrSeq": 3}', 'UNKNOWN_DEVICE'),
  ('{"cdDispositivo": 1, "cdCliente": 2, "nrSeq": 3}', 'UNKNOWN_DEVICE'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 999, "nrValor": 1}]}', 'UNKNOWN_SENSOR'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 91, "nrValor": 1}]}', 'UNKNOWN_SENSOR'),
  ('{"cdDispositivo": 1, "sensores": [{"dsPonto": "height", "nrValor": 1}]}', 'UNKNOWN_POINT'),
  ('{"cdDispositivo": 1, "latitude": -23.5}', 'INVALID_COORDINATES'),
  ('{"cdDispositivo": 1, "longitude": -46.6, "nrSeq": 3}', 'INVALID_COORDINATES'),
  ('{"cdDispositivo": 1, "latitude": 90.1, "longitude": 0}', 'INVALID_COORDINATES'),
  ('{"cdDispositivo": 1, "latitude": 0, "longitude": -180.1}', 'INVALID_COORDINATES'),
  ('{"cdDispositivo": 1, "latitude": "NaN", "longitude": 0}', 'INVALID_COORDINATES'),
  ('{"cdDispositivo": 1, "nrSeq": 3, "dtRegistro": "yesterday"}', 'INVALID_TIMESTAMP'),
  ('{"cdDispositivo": 1, "nrSeq": 3, "dtRegistro": "2026-02-30T00:00:00Z"}', 'INVALID_TIMESTAMP'),
  ('{"cdDispositivo": 1, "nrSeq": 3, "dtRegistro": "infinity"}', 'INVALID_TIMESTAMP'),
  ('{"cdDispositivo": 1, "nrSeq": 3, "dtRegistro": 1790000000}', 'INVALID_TIMESTAMP'),
  ('{"cdDispositivo": 1, "nrSeq": 3, "dtRegistro": "1999-12-31T23:59:59Z"}', 'TIMESTAMP_OUT_OF_RANGE'),
  (format('{"cdDispositivo": 1, "nrSeq": 3, "dtRegistro": "%s"}', (now() + interval '11 minutes')), 'TIMESTAMP_OUT_OF_RANGE'),
  ('{"cdDispositivo": 1, "nrBat": "NaN"}', 'INVALID_VALUE'),
  ('{"cdDispositivo": 1, "nrBat": 1e400}', 'INVALID_VALUE'),
  ('{"cdDispositivo": 1, "nrSeq": 9007199254740993}', 'INVALID_VALUE'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "nrValor": "-Infinity"}]}', 'INVALID_VALUE'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "nrValor": -1e309}]}', 'INVALID_VALUE'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "nrValor": 1.35e154}]}', 'INVALID_VALUE'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "nrValor": 9007199254740993}]}', 'INVALID_VALUE'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "nrValor": 1, "nrQualidade": 3}]}', 'INVALID_VALUE'),
  ('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "nrValor": 1, "cdProdutoItem": 3}]}', 'INVALID_VALUE'),
  (format('{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "dsValor": "%s"}]}', repeat('x', 70000)), 'TOO_LARGE')
) t (e, code);

-- An element that jsonb cannot hold comes as its bytes, with what was wrong
select is(pg_temp.verdict(format('{"$payload": "eyI=", "$tamanho": 2, "$hash": "%s", "$error_code": "%s", "$error": "why"}',
                                 encode(sha256('{"'), 'hex'), code)), 'rejected ' || code, code || ', said by its reader')
from unnest('{MALFORMED,INVALID_VALUE,TOO_LARGE}'::text[]) code;

-- What is stored ------------------------------------------------------------------------------------------------------
select results_eq($$ select "cdDispositivo", "dtRegistro"::time, "nrSeq"::integer, "nrBat", "dsLat", "dsLong", "cdCliente",
                            "cdDestinatario", "blArea", "nrDistancia"::integer
                     from "TbPosicao" where "nrSeq" in (1, 2) order by 1, 2 $$,
  $$ values (1, '12:00'::time, 1, 3.7::float8, -23.5505::float8, -46.6333::float8, 1, 1, true, 0),
            (1, '12:00:01', 2, null, null, null, 1, 1, null, null),
            (3, '12:00', 1, null, 0, -180, 3, null, null, null) $$,
  'only what was stored is there: rounded, in UTC, with owner, site, distance and geofence');
select results_eq($$ select "cdSensor", "dtRegistro"::time, "nrValor", "blValor", "dsValor", "nrQualidade"::integer,
                            "cdProdutoItem", "cdCliente",
                            (select "nrSeq"::integer from "TbPosicao" p where p."cdPosicao" = r."cdPosicao")
                     from "TbSensorRegistro" r order by 1, 2 $$,
  $$ values (11, '12:00'::time, 1500.5::float8, null::boolean, null, 0, 1, 1, 1),
            (11, '12:00:04', -5.5, null, null, 0, 1, 1, 3),
            (11, '12:00:05', 0, null, null, 0, 1, 1, null),
            (12, '12:00', null, true, null, 0, null, 1, 1),
            (12, '15:00:02', null, null, 'open', 2, null, 1, null) $$,
  'readings with the item of their sensor and the position they came with');

-- Batches -------------------------------------------------------------------------------------------------------------
select is(pg_temp.send('[{"cdDispositivo": 2, "dtRegistro": "@t:00Z", "nrSeq": 1}, {"cdDispositivo": 999, "nrSeq": 1}, 7,
                         {"cdDispositivo": 2, "dtRegistro": "@t:00Z", "nrSeq": 1}, {"cdDispositivo": 2, "nrBat": 3},
                         {"cdDispositivo": 1, "dtRegistro": "@t:00Z", "nrSeq": 1, "nrBat": 1}]') - 'results',
  '{"total": 6, "stored": 2, "duplicate": 1, "conflict": 1, "rejected": 2, "untimed": 3}', 'a batch is counted');
select is((select count(*) from "TbPosicao" where "cdDispositivo" = 2), 2::bigint, 'no bad element harms its neighbours');
select is(pg_temp.send('[]') ->> 'total', '0', 'a batch of nothing');
select is(pg_temp.ask(1, $$ select jsonb_path_query_array(public.insert_device_readings(
  '[{"cdDispositivo": 2, "nrSeq": 4}, 7]', p_so_excecoes => true), '$.results.index') $$), '[1]', 'exceptions only');

-- One reading by itself
select is(pg_temp.ask(1, $$ select public.insert_device_reading(1, 3.5, 9, now(), -23.56, -46.6333,
  '[{"cdSensor": 12, "blValor": true}]')::jsonb @> '{"verdict": "stored", "blArea": false}' $$), 'true', 'one, outside');
select is(pg_temp.ask(1, $$ select (r ->> 'nrDistancia')::real between 1051 and 1053 and (r ->> 'cdPosicao')::bigint > 0
  from public.insert_device_reading(1, 3.5, 9, now(), -23.56, -46.6333) r $$), 'true', 'again: its position and distance');
select is(pg_temp.ask(1, $$ select r ->> 'error_code'
  from public.insert_device_reading(1, p_dt_registro => 'infinity', p_nr_seq => 1) r $$), 'INVALID_TIMESTAMP', 'rejected');

-- A rehearsal judges and stores nothing
select is(pg_temp.ask(1, $$ select public.insert_device_readings(
  '[{"cdDispositivo": 2, "nrSeq": 6}, {"cdDispositivo": 2, "nrSeq": "rehearsed"}]', p_validar => true)
  @> '{"stored": 1, "rejected": 1, "results": [{"verdict": "stored", "cdPosicao": null}]}' $$), 'true', 'a rehearsal');
select is_empty($$ select from "TbPosicao" where "nrSeq" = 6
                   union all select from "TbIngestaoErro" where position('rehearsed'::bytea in "dsPayload") > 0 $$,
                'leaves nothing behind');

-- What is refused as a whole
select is(pg_temp.refusal(person, 'select public.insert_device_readings(' || batch || ')'), refusal, refusal || ' ' || batch)
from (values
  (1, $$'{}'$$, 'PT400 MALFORMED'), (1, 'null', 'PT400 MALFORMED'), (2, $$'[]'$$, 'PT403 FORBIDDEN'),
  (null, $$'[]'$$, 'PT401 UNAUTHORIZED'),
  (1, $$(select jsonb_agg('{}'::jsonb) from generate_series(1, 5001))$$, 'PT413 TOO_LARGE')
) t (person, batch, refusal);

-- Quarantine ----------------------------------------------------------------------------------------------------------
truncate "TbIngestaoErro";
select pg_temp.send('[{"cdDispositivo": 1, "nrSeq": "a"}, {"nrSeq":"a","cdDispositivo":1.0},
                      {"nrSeq": "a", "cdDispositivo": 1}]') \g /dev/null
select results_eq($$ select "dsMotivo", "nrOcorrencias", "dsPayload", "nrTamanho", "blReprocessavel", "cdCliente",
                            "cdDispositivo", "dsHash" = sha256("dsPayload")
                     from "TbIngestaoErro" order by "nrOcorrencias" desc $$,
  $$ values ('MALFORMED', 2::bigint, '{"nrSeq": "a", "cdDispositivo": 1}'::bytea, 34::bigint, true, 1, 1, true),
            ('MALFORMED', 1, '{"nrSeq": "a", "cdDispositivo": 1.0}', 36, true, 1, 1, true) $$,
  'one row per content and reason, counted; order of keys and spaces do not matter');
select pg_temp.send('[{"cdDispositivo": 9, "nrSeq": 1},
                      {"cdDispositivo": 1, "dtRegistro": "@t:00Z", "nrSeq": 1, "nrBat": 1}]') \g /dev/null
select set_has($$ select "dsMotivo" from "TbIngestaoErro" $$, $$ values ('UNKNOWN_DEVICE'), ('CONFLICT') $$,
  'a foreign device is called unknown, and conflicts are kept too');
select results_eq($$ select "dsMotivo", "cdDispositivo", "blDispositivo" from "TbIngestaoErro"
                     where "cdErro" in (select "cdErro" from private."TbErroAlheio") $$,
                  $$ values ('UNKNOWN_DEVICE', 9, false) $$, 'that it is foreign is noted apart');
select pg_temp.send(format('[{"cdDispositivo": 1, "sensores": [{"cdSensor": 11, "dsValor": "%s"}]}]', repeat('y', 70000)))
\g /dev/null
select results_eq($$ select octet_length("dsPayload"), "nrTamanho" > 70000, "blReprocessavel"
                     from "TbIngestaoErro" where "dsMotivo" = 'TOO_LARGE' $$, $$ values (16384, true, false) $$,
  'of a large payload: its head and length, and no replay');
select pg_temp.send(format('[{"$payload": "eyI=", "$tamanho": 99, "$hash": "%s", "$error_code": "MALFORMED", "$error": "x"}]',
                           repeat('ab', 32))) \g /dev/null
select results_eq($$ select "dsPayload", encode("dsHash", 'hex'), "blReprocessavel"
                     from "TbIngestaoErro" where "nrTamanho" = 99 $$, $$ values ('{"'::bytea, repeat('ab', 32), false) $$,
  'of an element that jsonb cannot hold: bytes, hash and length as they came');

-- A body that could not be read at all
create function pg_temp.keep(p_person integer, p_hash text, p_reason text) returns text language sql as $$
  select pg_temp.refusal(p_person, format('select public.quarentenar_payload(%L, 3, %L, %L, %L) ->> %L',
    'Zm9v', p_hash, p_reason, 'no JSON', 'nrOcorrencias'))
$$;
select is(pg_temp.keep(person, hash, reason), answer, why) from (values
  (1, repeat('c', 64), 'MALFORMED', '1', 'a body that is no JSON'),
  (1, repeat('c', 64), 'MALFORMED', '2', 'the same body again'),
  (1, 'xyz', 'MALFORMED', 'PT400 INVALID_PARAMETER', 'a hash that is none'),
  (1, repeat('c', 64), 'OTHER', 'PT400 INVALID_PARAMETER', 'a reason that is none'),
  (2, repeat('c', 64), 'MALFORMED', 'PT403 FORBIDDEN', 'a reader quarantines nothing')
) t (person, hash, reason, answer, why);
select results_eq($$ select "dsPayload", "dsTexto", "blReprocessavel" from "TbIngestaoErro" where "nrTamanho" = 3 $$,
                  $$ values ('foo'::bytea, 'no JSON', false) $$, 'its bytes are kept');

-- A full quarantine
update private."TbConfiguracao" set "nrErrosCliente" = 3;
select is(pg_temp.send('[{"cdDispositivo": 1, "nrSeq": 77}, {"nrSeq": "new"}]') ->> 'stored', '1', 'stores what is good');
select results_eq($$ select count(*), bool_or(convert_from("dsPayload", 'UTF8') = '{"nrSeq": "new"}') from "TbIngestaoErro" $$,
                  $$ values (3::bigint, true) $$, 'keeps what is new');
select is((select "nrPerdidos" > 0 from "TbQuarentena" where "cdCliente" = 1), true, 'and counts what gave way');
select is(pg_temp.keep(1, repeat('d', 64), 'TOO_LARGE'), '1', 'a new body, too');
select is((select count(*) from "TbIngestaoErro"), 3::bigint, 'takes no more room');

-- Replay --------------------------------------------------------------------------------------------------------------
update private."TbConfiguracao" set "nrErrosCliente" = 10000;
truncate "TbIngestaoErro";
select pg_temp.send('[{"cdDispositivo": 1, "dtRegistro": "@t:30Z", "sensores": [{"dsPonto": "door", "blValor": true}]},
                      {"cdDispositivo": 1, "nrSeq": "a"}]') \g /dev/null
update "TbSensor" set "dsPonto" = 'door' where "cdSensor" = 12;
select is(pg_temp.ask(1, format('select public.reprocessar_erros(%s) ->> %L', filter, 'total')), '0', filter || ': nothing')
from (values ('array[]::bigint[]'), ($$p_ds_motivo => 'CONFLICT'$$), ('p_nr_limite => 0')) t (filter);
select is(pg_temp.ask(1, 'select public.reprocessar_erros()')::jsonb,
          '{"total": 2, "stored": 1, "duplicate": 0, "conflict": 0, "rejected": 1, "skipped": 0}',
          'the cause mended, payloads are replayed');
select isnt_empty($$ select from "TbSensorRegistro" where "cdSensor" = 12 and "dtRegistro"::time = '12:00:30' $$,
                  'what can be stored now is an ordinary row');
select results_eq($$ select "dsMotivo", "nrOcorrencias" from "TbIngestaoErro" $$, $$ values ('MALFORMED', 2::bigint) $$,
                  'and leaves quarantine; what fails again stays, counted');
select is(pg_temp.refusal(2, 'select public.reprocessar_erros()'), 'PT403 FORBIDDEN', 'a reader replays nothing');

select * from finish();
rollback;
