create table public."TbSensorRegistro1h" (
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
create unique index "TbSensorRegistro1h_chave" on public."TbSensorRegistro1h"
  ("cdSensor", "dtBucket", "cdCliente", "cdProdutoItem") nulls not distinct;
alter table public."TbSensorRegistro1h" enable row level security;
revoke all on public."TbSensorRegistro1h" from public, anon, authenticated;
grant select on public."TbSensorRegistro1h" to authenticated, service_role;
comment on table public."TbSensorRegistro1h" is
  'Rollup of values by hour. Monthly partitions. Read it through VwSensorRegistro1h, which is exact at any '
  'moment.';
comment on column public."TbSensorRegistro1h"."dtBucket" is 'Start of the hour, UTC.';
comment on column public."TbSensorRegistro1h"."nrQtd" is 'Number of numeric values, without faults.';
comment on column public."TbSensorRegistro1h"."nrSoma" is
  'Their sum; infinite or NaN where a value is beyond 1e290.';
comment on column public."TbSensorRegistro1h"."cdCliente" is
  'Who owned the device when the values were received.';
comment on column public."TbSensorRegistro1h"."cdProdutoItem" is 'Product item of the values, if any.';
comment on column public."TbSensorRegistro1h"."nrFino" is
  'Width in minutes of the finest rollup that this hour of the sensor has: 1, 5 or 60.';
