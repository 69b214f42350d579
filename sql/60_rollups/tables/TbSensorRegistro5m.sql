create table series."TbSensorRegistro5m" (
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
create unique index "TbSensorRegistro5m_chave" on series."TbSensorRegistro5m"
  ("cdSensor", "dtBucket", "cdCliente", "cdProdutoItem") nulls not distinct;
alter table series."TbSensorRegistro5m" enable row level security;
revoke all on series."TbSensorRegistro5m" from public, anon, authenticated;
grant select on series."TbSensorRegistro5m" to authenticated, service_role;
comment on table series."TbSensorRegistro5m" is
  'Rollup of values by five minutes. Monthly partitions. Read it through VwSensorRegistro5m, which is exact '
  'at any moment.';
