create table series."TbSensorRegistro1h" (
  "dtBucket" timestamp not null,
  "nrSoma" double precision not null,
  "nrMin" double precision not null,
  "nrMax" double precision not null,
  "nrQtd" integer not null,
  "cdSensor" integer not null,
  "cdCliente" integer not null,
  "cdProdutoItem" integer,
  "nrFino" smallint not null check ("nrFino" in (1, 5, 60))
) partition by range ("dtBucket");
-- Not a primary key: a value may have no product item.
create unique index "TbSensorRegistro1h_chave" on series."TbSensorRegistro1h"
  ("cdSensor", "dtBucket", "cdCliente", "cdProdutoItem") nulls not distinct;
alter table series."TbSensorRegistro1h" enable row level security;
revoke all on series."TbSensorRegistro1h" from public, anon, authenticated;
grant select on series."TbSensorRegistro1h" to authenticated, service_role;
comment on table series."TbSensorRegistro1h" is
  'Rollup of values by hour. Monthly partitions. Read it through VwSensorRegistro1h, which is exact at any '
  'moment.';
