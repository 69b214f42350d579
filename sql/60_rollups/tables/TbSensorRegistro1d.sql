-- The hours of a sensor side by side, one row a day: a long summary reads a twenty-fourth of the rows. Rows
-- are made in the transaction that makes the hours (private.sum_days), for whole days between floor and
-- watermark.
create table series."TbSensorRegistro1d" (
  "dtBucket" timestamp not null,
  "nrSoma" double precision not null,
  "nrQtd" integer not null,
  "cdSensor" integer not null,
  "cdCliente" integer not null,
  "cdProdutoItem" integer,
  "nrQtd00" integer not null, "nrSoma00" double precision not null,
  "nrQtd01" integer not null, "nrSoma01" double precision not null,
  "nrQtd02" integer not null, "nrSoma02" double precision not null,
  "nrQtd03" integer not null, "nrSoma03" double precision not null,
  "nrQtd04" integer not null, "nrSoma04" double precision not null,
  "nrQtd05" integer not null, "nrSoma05" double precision not null,
  "nrQtd06" integer not null, "nrSoma06" double precision not null,
  "nrQtd07" integer not null, "nrSoma07" double precision not null,
  "nrQtd08" integer not null, "nrSoma08" double precision not null,
  "nrQtd09" integer not null, "nrSoma09" double precision not null,
  "nrQtd10" integer not null, "nrSoma10" double precision not null,
  "nrQtd11" integer not null, "nrSoma11" double precision not null,
  "nrQtd12" integer not null, "nrSoma12" double precision not null,
  "nrQtd13" integer not null, "nrSoma13" double precision not null,
  "nrQtd14" integer not null, "nrSoma14" double precision not null,
  "nrQtd15" integer not null, "nrSoma15" double precision not null,
  "nrQtd16" integer not null, "nrSoma16" double precision not null,
  "nrQtd17" integer not null, "nrSoma17" double precision not null,
  "nrQtd18" integer not null, "nrSoma18" double precision not null,
  "nrQtd19" integer not null, "nrSoma19" double precision not null,
  "nrQtd20" integer not null, "nrSoma20" double precision not null,
  "nrQtd21" integer not null, "nrSoma21" double precision not null,
  "nrQtd22" integer not null, "nrSoma22" double precision not null,
  "nrQtd23" integer not null, "nrSoma23" double precision not null
) partition by range ("dtBucket");
-- Not a primary key: a value may have no product item.
create unique index "TbSensorRegistro1d_chave" on series."TbSensorRegistro1d"
  ("cdSensor", "dtBucket", "cdCliente", "cdProdutoItem") nulls not distinct;
alter table series."TbSensorRegistro1d" enable row level security;
revoke all on series."TbSensorRegistro1d" from public, anon, authenticated;
grant select on series."TbSensorRegistro1d" to authenticated, service_role;
comment on table series."TbSensorRegistro1d" is
  'Rollup of values by day, with count and sum of each hour: nrQtd00 to nrQtd23, nrSoma00 to nrSoma23. '
  'Monthly partitions. A day with late values is wrong until maintenance has run; get_device_aggregations '
  'and the other summaries are exact at any moment.';
comment on column series."TbSensorRegistro1d"."dtBucket" is 'Start of the day, UTC.';
comment on column series."TbSensorRegistro1d"."nrQtd" is 'Number of numeric values, without faults.';
comment on column series."TbSensorRegistro1d"."nrSoma" is
  'Their sum; infinite or NaN where a value is beyond 1e290.';
comment on column series."TbSensorRegistro1d"."cdCliente" is
  'Who owned the device when the values were received.';
comment on column series."TbSensorRegistro1d"."cdProdutoItem" is 'Product item of the values, if any.';
