-- Rollups that are older than some days, packed: a row holds the buckets of one width, sensor and client, of
-- a day (1 and 5 minutes) or a week (hours), column by column, as history is (TbSensorRegistroFrio). Unlike
-- history they are never judged or changed in place: whatever makes an hour again, or deletes it, puts the
-- chunks of that time back as rows first (private.unpack_rollups), and the next night packs them again.
create table series."TbRollupFrio" (
  "cdPacote" bigint generated always as identity primary key,
  "cdSensor" integer not null,
  "cdCliente" integer not null,
  "dtInicio" timestamp not null,
  "dtFim" timestamp not null,
  "nrMinutos" smallint not null check ("nrMinutos" in (1, 5, 60)),
  "nrQtd" integer not null check ("nrQtd" > 0),
  "nrVerificacao" bigint not null,
  "nrResumo" bigint not null,
  "blDanificado" boolean not null default false,
  "dtVerificado" timestamptz not null default now(),
  "pcBucket" private.packed_integers not null,
  "pcQtd" private.packed_integers not null,
  "pcSoma" private.packed_numbers not null,
  "pcMin" private.packed_numbers not null,
  "pcMax" private.packed_numbers not null,
  "pcProdutoItem" private.packed_integers,
  "pcFino" private.packed_integers,
  unique ("cdSensor", "dtInicio", "nrMinutos", "cdCliente")
);
alter table series."TbRollupFrio"
  alter column "pcBucket" set compression lz4, alter column "pcQtd" set compression lz4,
  alter column "pcSoma" set compression lz4, alter column "pcMin" set compression lz4,
  alter column "pcMax" set compression lz4, alter column "pcProdutoItem" set compression lz4,
  alter column "pcFino" set compression lz4;
create index "TbRollupFrio_blDanificado_idx" on series."TbRollupFrio" ("cdSensor") where "blDanificado";
alter table series."TbRollupFrio" enable row level security;
revoke all on series."TbRollupFrio" from public, anon, authenticated;
grant select on series."TbRollupFrio" to authenticated, service_role;
comment on table series."TbRollupFrio" is
  'Packed rollups. Read them through TbSensorRegistro1m, 5m and 1h, which have all of them.';
comment on column series."TbRollupFrio"."cdCliente" is
  'Who owned the device when the values were received.';
comment on column series."TbRollupFrio"."dtInicio" is 'UTC; start of the day or week.';
comment on column series."TbRollupFrio"."dtFim" is 'UTC; its end, excluded.';
comment on column series."TbRollupFrio"."nrMinutos" is 'Width of the buckets in minutes: 1, 5 or 60.';
comment on column series."TbRollupFrio"."nrQtd" is 'How many buckets are packed.';
comment on column series."TbRollupFrio"."nrVerificacao" is
  'Checksum of the rows: their hashes, combined by exclusive or.';
comment on column series."TbRollupFrio"."nrResumo" is
  'Digest of the chunk as it is stored; every read compares it.';
comment on column series."TbRollupFrio"."blDanificado" is
  'Found damaged, with values that have expired: reads leave it out and say that they are not complete.';
comment on column series."TbRollupFrio"."dtVerificado" is
  'When it was last unpacked and compared with its checksum.';
comment on column series."TbRollupFrio"."pcBucket" is 'Starts in ascending order, minutes after dtInicio.';
comment on column series."TbRollupFrio"."pcQtd" is 'nrQtd of each row.';
comment on column series."TbRollupFrio"."pcSoma" is 'nrSoma of each row.';
comment on column series."TbRollupFrio"."pcMin" is 'nrMin of each row.';
comment on column series."TbRollupFrio"."pcMax" is 'nrMax of each row.';
comment on column series."TbRollupFrio"."pcProdutoItem" is 'cdProdutoItem of each row.';
comment on column series."TbRollupFrio"."pcFino" is 'nrFino of each row; hours only.';
