-- Rollups: what the numeric readings of a sensor add up to, per minute, five minutes and hour. Written by the upkeep only, an
-- hour of a sensor at a time (private.materializar); what is not or no longer right in them is known (TbRollupMarca,
-- TbRollupPendente) and read from TbSensorRegistro instead. The hours are kept for every sensor and say how fine the
-- others are: finer ones are kept for the hours in which they are clearly fewer than the readings.
create table public."TbSensorRegistro1m" (
  "dtBucket" timestamp not null,
  "nrSoma" double precision not null,
  "nrMin" double precision not null,
  "nrMax" double precision not null,
  "nrQtd" integer not null,
  "cdSensor" integer not null,
  "cdCliente" integer not null,
  "cdProdutoItem" integer
) partition by range ("dtBucket");
-- Not a primary key: a reading may have no product item.
create unique index "TbSensorRegistro1m_chave" on public."TbSensorRegistro1m" ("cdSensor", "dtBucket", "cdCliente", "cdProdutoItem")
  nulls not distinct;
alter table public."TbSensorRegistro1m" enable row level security;
revoke all on public."TbSensorRegistro1m" from public, anon, authenticated;
grant select on public."TbSensorRegistro1m" to authenticated, service_role;
comment on table public."TbSensorRegistro1m" is 'Rollup of readings by minute. Monthly partitions. Read it through VwSensorRegistro1m, which is exact at any moment.';
comment on column public."TbSensorRegistro1m"."dtBucket" is 'Start of the minute, UTC.';
comment on column public."TbSensorRegistro1m"."nrQtd" is 'Readings with a number.';
comment on column public."TbSensorRegistro1m"."nrSoma" is 'Their sum; infinite or NaN where a reading is beyond 1e290.';
comment on column public."TbSensorRegistro1m"."cdCliente" is 'Who owned the device when the readings were received.';
comment on column public."TbSensorRegistro1m"."cdProdutoItem" is 'Product item of the readings, if any.';
