-- No foreign keys, for the same reason as TbPosicao.
create table public."TbSensorRegistro" (
  "dtRegistro" timestamp not null,
  "nrValor" double precision,
  "cdPosicao" bigint,
  "cdSensor" integer not null,
  "cdDispositivo" integer not null,
  "cdCliente" integer not null,
  "cdProdutoItem" integer,
  "nrQualidade" smallint not null default 0 check ("nrQualidade" between 0 and 2),
  "blValor" boolean,
  "dsValor" text,
  primary key ("cdSensor", "dtRegistro", "cdCliente"),
  check (num_nonnulls("nrValor", "blValor", "dsValor") = 1)
) partition by range ("dtRegistro");
alter table public."TbSensorRegistro" enable row level security;
revoke all on public."TbSensorRegistro" from public, anon, authenticated;
grant select on public."TbSensorRegistro" to authenticated, service_role;
comment on table public."TbSensorRegistro" is
  'Sensor values: a number, a boolean or a text. Partitioned by month; written by ingestion only.';
comment on column public."TbSensorRegistro"."dtRegistro" is 'When it was measured, UTC.';
comment on column public."TbSensorRegistro"."cdPosicao" is
  'The position it came with; null for values without a position.';
comment on column public."TbSensorRegistro"."cdDispositivo" is 'Device the sensor was on; a sensor may move.';
comment on column public."TbSensorRegistro"."cdCliente" is
  'Who owned the device when the value was received; part of the key.';
comment on column public."TbSensorRegistro"."nrQualidade" is
  '0 ok, 1 suspect, 2 fault; faults are not summed up.';
comment on column public."TbSensorRegistro"."nrValor" is 'Numeric value, in the unit of the sensor type.';
