-- Values of past months, packed: a row holds up to some thousand values of one sensor and client, of one
-- month, column by column. Chunks of a sensor and client never overlap. Large enough for PostgreSQL to
-- compress (it leaves rows below 2 kB alone), small enough to be unpacked in about a millisecond. See
-- private.pack_values, private.unpacked_values.
create table series."TbSensorRegistroFrio" (
  "cdPacote" bigint generated always as identity primary key,
  "cdSensor" integer not null,
  "cdCliente" integer not null,
  "dtPrimeiro" timestamp not null,
  "dtUltimo" timestamp not null,
  "nrQtd" integer not null check ("nrQtd" > 0),
  "nrVerificacao" bigint not null,
  "nrResumo" bigint not null,
  "blDanificado" boolean not null default false,
  "dtVerificado" timestamptz not null default now(),
  "pcRegistro" private.packed_integers not null,
  "pcValor" private.packed_numbers,
  "arBooleano" boolean[] compression lz4,
  "arTexto" text[] compression lz4,
  "pcQualidade" private.packed_integers not null,
  "pcDispositivo" private.packed_integers not null,
  "pcProdutoItem" private.packed_integers,
  "pcPosicao" private.packed_integers,
  unique ("cdSensor", "dtPrimeiro", "cdCliente"),
  check ("dtPrimeiro" <= "dtUltimo" and date_trunc('month', "dtPrimeiro") = date_trunc('month', "dtUltimo"))
);
alter table series."TbSensorRegistroFrio"
  alter column "pcRegistro" set compression lz4, alter column "pcValor" set compression lz4,
  alter column "pcQualidade" set compression lz4, alter column "pcDispositivo" set compression lz4,
  alter column "pcProdutoItem" set compression lz4, alter column "pcPosicao" set compression lz4;
create index "TbSensorRegistroFrio_blDanificado_idx" on series."TbSensorRegistroFrio" ("cdSensor")
  where "blDanificado"; -- hardly ever any: whoever looks for them looks at nothing else
alter table series."TbSensorRegistroFrio" enable row level security;
revoke all on series."TbSensorRegistroFrio" from public, anon, authenticated;
grant select on series."TbSensorRegistroFrio" to authenticated, service_role;
comment on table series."TbSensorRegistroFrio" is
  'Packed sensor values of past months. Read them through TbSensorRegistro, which has all values.';
comment on column series."TbSensorRegistroFrio"."cdCliente" is
  'Who owned the device when the values were received.';
comment on column series."TbSensorRegistroFrio"."dtPrimeiro" is 'UTC; time of the first value.';
comment on column series."TbSensorRegistroFrio"."dtUltimo" is
  'UTC; time of the last value, in the same month.';
comment on column series."TbSensorRegistroFrio"."nrQtd" is 'How many values are packed.';
comment on column series."TbSensorRegistroFrio"."nrVerificacao" is
  'Checksum of the rows: their hashes, combined by exclusive or.';
comment on column series."TbSensorRegistroFrio"."nrResumo" is
  'Digest of the chunk as it is stored; every read compares it.';
comment on column series."TbSensorRegistroFrio"."blDanificado" is
  'Found damaged: reads leave it out and say that they are not complete.';
comment on column series."TbSensorRegistroFrio"."dtVerificado" is
  'When it was last unpacked and compared with its checksum.';
comment on column series."TbSensorRegistroFrio"."pcRegistro" is
  'Times in ascending order, microseconds after dtPrimeiro.';
comment on column series."TbSensorRegistroFrio"."pcValor" is 'nrValor of each row.';
comment on column series."TbSensorRegistroFrio"."arBooleano" is
  'blValor of each row; null where none has one.';
comment on column series."TbSensorRegistroFrio"."arTexto" is 'dsValor of each row; null where none has one.';
comment on column series."TbSensorRegistroFrio"."pcQualidade" is 'nrQualidade of each row.';
comment on column series."TbSensorRegistroFrio"."pcDispositivo" is 'cdDispositivo of each row.';
comment on column series."TbSensorRegistroFrio"."pcProdutoItem" is 'cdProdutoItem of each row.';
comment on column series."TbSensorRegistroFrio"."pcPosicao" is 'cdPosicao of each row.';
