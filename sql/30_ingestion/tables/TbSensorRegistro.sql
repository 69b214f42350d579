-- No foreign keys, for the same reason as TbPosicao.
create table series."TbSensorRegistro" (
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
alter table series."TbSensorRegistro" enable row level security;
revoke all on series."TbSensorRegistro" from public, anon, authenticated;
grant select on series."TbSensorRegistro" to authenticated, service_role;
comment on table series."TbSensorRegistro" is
  'Sensor values: a number, a boolean or a text. Partitioned by month; written by ingestion only.';
