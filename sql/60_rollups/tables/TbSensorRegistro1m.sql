-- Rollups: count, sum, minimum and maximum of the numeric values of a sensor, by minute, five minutes and
-- hour. Written by maintenance only, a whole hour of a sensor at a time (private.sum_hours). TbRollupMarca
-- and TbRollupPendente say where they are not right; there TbSensorRegistro is read instead. Every hour of a
-- sensor has a row in TbSensorRegistro1h, which says how fine its other rollups are: minutes and five minutes
-- are kept only where they are clearly fewer than the values.
create table series."TbSensorRegistro1m" (
  "dtBucket" timestamp not null,
  "nrSoma" double precision not null,
  "nrMin" double precision not null,
  "nrMax" double precision not null,
  "nrQtd" integer not null,
  "cdSensor" integer not null,
  "cdCliente" integer not null,
  "cdProdutoItem" integer
) partition by range ("dtBucket");
-- Not a primary key: a value may have no product item.
create unique index "TbSensorRegistro1m_chave" on series."TbSensorRegistro1m"
  ("cdSensor", "dtBucket", "cdCliente", "cdProdutoItem") nulls not distinct;
alter table series."TbSensorRegistro1m" enable row level security;
revoke all on series."TbSensorRegistro1m" from public, anon, authenticated;
grant select on series."TbSensorRegistro1m" to authenticated, service_role;
comment on table series."TbSensorRegistro1m" is
  'Rollup of values by minute. Monthly partitions. Read it through VwSensorRegistro1m, which is exact at '
  'any moment.';
