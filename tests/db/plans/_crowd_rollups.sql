-- Rollups as dense sensors have them, and marks of others.
insert into series."TbSensorRegistro1m" ("dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente")
select %(noon)s::timestamp - make_interval(days => 15, mins => n), 60, 1, 1, 60, s, 1
from generate_series(0, 59) n, generate_series(900001, 900400) s;
insert into series."TbSensorRegistro5m" ("dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente")
select %(noon)s::timestamp - make_interval(days => 15, mins => 5 * n), 300, 1, 1, 300, s, 1
from generate_series(0, 59) n, generate_series(900001, 900400) s;
insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdDispositivo", "cdCliente")
select %(noon)s::timestamp - make_interval(hours => n), case when d then null else 900000 + n end, case when d then 900000 + n end, case when not d then 10 + n % 50 end
from generate_series(1, 6000) n, unnest('{t,f}'::boolean[]) d;
insert into "TbManutencaoExecucao" ("dsPasso", "dtInicio", "nrLinhas", "dsErro")
select 'step' || n % 10, now() - make_interval(mins => n), case when n % 20 = 0 and n not between 2880 and 19900 then 0 else 1 end, case when n % 100 = 1 then 'XX000' end
from generate_series(1, 20000) n;
insert into private."TbQuarentenaMudanca" ("cdCliente", "dsOrigem", "nrErros")
select 10 + n / 100, 'device:' || n, 1 from generate_series(1, 5000) n;
