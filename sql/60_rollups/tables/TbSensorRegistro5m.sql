create table public."TbSensorRegistro5m" (
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
create unique index "TbSensorRegistro5m_chave" on public."TbSensorRegistro5m"
  ("cdSensor", "dtBucket", "cdCliente", "cdProdutoItem") nulls not distinct;
alter table public."TbSensorRegistro5m" enable row level security;
revoke all on public."TbSensorRegistro5m" from public, anon, authenticated;
grant select on public."TbSensorRegistro5m" to authenticated, service_role;
comment on table public."TbSensorRegistro5m" is
  'Rollup of values by five minutes. Monthly partitions. Read it through VwSensorRegistro5m, which is exact '
  'at any moment.';
comment on column public."TbSensorRegistro5m"."dtBucket" is 'Start of the five minutes, UTC.';
comment on column public."TbSensorRegistro5m"."nrQtd" is 'Number of numeric values, without faults.';
comment on column public."TbSensorRegistro5m"."nrSoma" is
  'Their sum; infinite or NaN where a value is beyond 1e290.';
comment on column public."TbSensorRegistro5m"."cdCliente" is
  'Who owned the device when the values were received.';
comment on column public."TbSensorRegistro5m"."cdProdutoItem" is 'Product item of the values, if any.';
