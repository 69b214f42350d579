-- TbPosicaoAtual: the latest by time, then by nrSeq (null first), whatever the order of arrival.
-- Seen to fail: each comparison of the trigger turned round or left out.
begin;
\ir fleet.psql
select plan(26);

-- What is shown of device 1: second/nrSeq of the report and its owner | place, at second/nrSeq | battery, at second/nrSeq.
create function pg_temp.shown(p_owner integer default 1) returns text language sql as $$
  select format('%s/%s of %s | %s %s %s %s at %s/%s | %s at %s/%s',
                extract(second from p."dtRegistro")::integer, p."nrSeq", a."cdCliente",
                a."dsLat", a."dsLong", a."blArea", a."nrDistancia",
                extract(second from a."dtCoordenada")::integer, a."nrSeqCoordenada",
                a."nrBat", extract(second from a."dtBateria")::integer, a."nrSeqBateria")
  from "TbPosicaoAtual" a join "TbPosicao" p using ("cdPosicao", "dtRegistro", "cdDispositivo", "cdCliente")
  where a."cdDispositivo" = 1 and a."cdCliente" = p_owner and a."nrSeq" is not distinct from p."nrSeq"
$$;

-- The same after these reports arrived as one batch: n seconds after noon, maybe nrSeq, battery, latitude, owner.
create function pg_temp.after(p_reports text, p_shown integer default 1) returns text language plpgsql as $$
begin
  insert into series."TbPosicao" ("dtRegistro", "nrSeq", "nrBat", "dsLat", "dsLong", "blArea", "nrDistancia", "cdDispositivo",
                           "cdCliente")
  select (now() at time zone 'UTC')::date - 1 + interval '12 hours' + r.n * interval '1 second',
         r.seq, r.bat, r.lat, r.lat * 2, r.lat < 0, abs(r.lat), 1, coalesce(r.of, 1)
  from jsonb_to_recordset(p_reports::jsonb) as r (n integer, seq integer, bat float8, lat float8, "of" integer);
  return pg_temp.shown(p_shown);
end
$$;

-- Order
select is(pg_temp.after('[{"n": 10, "seq": 5, "bat": 3.5, "lat": -10}]'), '10/5 of 1 | -10 -20 t 10 at 10/5 | 3.5 at 10/5',
          'the first report');
update "TbPosicaoAtual" set "dtAlteracao" = 'epoch';
select is(pg_temp.after('[{"n": 9, "seq": 6, "bat": 9, "lat": 9}]'), '10/5 of 1 | -10 -20 t 10 at 10/5 | 3.5 at 10/5',
          'an earlier one that comes later moves nothing back');
select is(pg_temp.after('[{"n": 10, "seq": 4, "bat": 9, "lat": 9}, {"n": 10, "bat": 9, "lat": 9}]'),
          '10/5 of 1 | -10 -20 t 10 at 10/5 | 3.5 at 10/5', 'nor does a lower nrSeq, or none, at the same time');
select is((select "dtAlteracao" from "TbPosicaoAtual"), 'epoch'::timestamptz, 'what changes nothing does not touch the row');
select is(pg_temp.after('[{"n": 10, "seq": 6, "bat": 3.4, "lat": -11}]'), '10/6 of 1 | -11 -22 t 11 at 10/6 | 3.4 at 10/6',
          'a higher nrSeq at the same time is later');
select ok((select "dtAlteracao" > now() from "TbPosicaoAtual"), 'a change carries the time of the clock');
select is(pg_temp.after('[{"n": 11, "bat": 3.3, "lat": -12}]'), '11/ of 1 | -12 -24 t 12 at 11/ | 3.3 at 11/',
          'time comes before nrSeq');
select is(pg_temp.after('[{"n": 11, "seq": -7, "bat": 3.2, "lat": -13}]'),
          '11/-7 of 1 | -13 -26 t 13 at 11/-7 | 3.2 at 11/-7', 'any nrSeq is later than none');

-- Place and battery are each the latest known
select is(pg_temp.after('[{"n": 20, "bat": 3.1}]'), '20/ of 1 | -13 -26 t 13 at 11/-7 | 3.1 at 20/',
          'a report of the battery alone erases no place');
select is(pg_temp.after('[{"n": 21, "seq": 1, "lat": 14}]'), '21/1 of 1 | 14 28 f 14 at 21/1 | 3.1 at 20/',
          'a report of the place alone erases no battery');
select is(pg_temp.after('[{"n": 22}]'), '22/ of 1 | 14 28 f 14 at 21/1 | 3.1 at 20/', 'a report of neither erases neither');
select is(pg_temp.after('[{"n": 21, "seq": 0, "bat": 3.0, "lat": 15}]'), '22/ of 1 | 14 28 f 14 at 21/1 | 3 at 21/0',
          'a late report may bring a newer battery but no newer place');
select is(pg_temp.after('[{"n": 21, "seq": 2, "lat": -16}]'), '22/ of 1 | -16 -32 t 16 at 21/2 | 3 at 21/0',
          'or a newer place');

-- A batch is one statement
select is(pg_temp.after('[{"n": 31, "bat": 2.9}, {"n": 33}, {"n": 30, "seq": 1, "lat": -17, "bat": 1}, {"n": 32, "lat": -18},
                          {"n": 32, "seq": 0, "lat": -19}]'), '33/ of 1 | -19 -38 t 19 at 32/0 | 2.9 at 31/',
          'the latest of each in a batch of any order');
insert into series."TbPosicao" ("dtRegistro", "cdDispositivo", "cdCliente") values (now(), 2, 1), (now(), 3, 3);
select is((select count(*) from "TbPosicaoAtual"), 3::bigint, 'one row per device');

-- Another owner
select is(pg_temp.after('[{"n": 41, "of": 2, "seq": 1}]'), '33/ of 1 | -19 -38 t 19 at 32/0 | 2.9 at 31/',
          'what was in flight for somebody else replaces nothing');
select is(pg_temp.ask(1, 'select count(*) from "VwTbPosicaoAtual" where "cdDispositivo" = 1'), '1',
          'the owner is shown what it received, whatever others received');
update "TbDispositivo" set "cdCliente" = 2, "cdDestinatario" = null, "cdProduto" = null where "cdDispositivo" = 1;
select is(pg_temp.after('[{"n": 29, "of": 2, "seq": 1}]', 2), '29/1 of 2 |     at / |  at /',
          'a new owner is shown what it received, even if it is earlier, and nothing of the former one');
select is(pg_temp.after('[{"n": 42, "of": 2, "bat": 3.4}, {"n": 43, "of": 2, "lat": 21}]', 2),
          '43/ of 2 | 21 42 f 21 at 43/ | 3.4 at 42/', 'and what comes later');
select is(pg_temp.after('[{"n": 39, "bat": 1, "lat": 1}, {"n": 44, "seq": 9, "bat": 1, "lat": 1}]', 2),
          '43/ of 2 | 21 42 f 21 at 43/ | 3.4 at 42/', 'rows of the former owner change nothing');
select results_eq('select "cdCliente", "dsLat", "nrBat", "blArea", "cdProduto" from "VwTbPosicaoAtual"
                   where "cdDispositivo" = 1',
                  $$ values (2, 21::float8, 3.4::float8, false, null::integer) $$, 'the view shows it with its device');

create function pg_temp.devices(p_filter text) returns text language sql as $$
  select pg_temp.ask(1, format('select jsonb_path_query_array(public.get_posicoes_atuais(%s), %L)', p_filter,
                               '$.cdDispositivo'))
$$;
update "TbDispositivo" set "cdProduto" = 1 where "cdDispositivo" = 3;
select is(pg_temp.devices(filter), devices, 'get_posicoes_atuais(' || filter || ')') from (values
  ('', '[2, 3]'), ('p_cd_produto => 1', '[3]'), ('p_cd_dispositivos => array[1, 2]', '[2]'),
  ('p_desde => now()', '[2, 3]'), ('p_desde => clock_timestamp()', '[]')
) t (filter, devices);

select * from finish();
rollback;
