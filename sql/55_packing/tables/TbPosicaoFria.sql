-- Positions of past months, packed as values are: see TbSensorRegistroFrio. Several may have one time, told
-- apart by nrSeq.
create table series."TbPosicaoFria" (
  "cdPacote" bigint generated always as identity primary key,
  "cdDispositivo" integer not null,
  "cdCliente" integer not null,
  "dtPrimeiro" timestamp not null,
  "dtUltimo" timestamp not null,
  "nrQtd" integer not null check ("nrQtd" > 0),
  "nrVerificacao" bigint not null,
  "nrResumo" bigint not null,
  "blDanificado" boolean not null default false,
  "dtVerificado" timestamptz not null default now(),
  "pcRegistro" private.packed_integers not null,
  "pcSeq" private.packed_integers,
  "pcPosicao" private.packed_integers not null,
  "pcLat" private.packed_numbers,
  "pcLong" private.packed_numbers,
  "pcPrecisao" private.packed_numbers,
  "pcBat" private.packed_numbers,
  "pcDestinatario" private.packed_integers,
  "pcEndereco" private.packed_integers,
  "arDistancia" real[] compression lz4,
  "arArea" boolean[] compression lz4,
  unique ("cdDispositivo", "dtPrimeiro", "cdCliente"),
  check ("dtPrimeiro" <= "dtUltimo" and date_trunc('month', "dtPrimeiro") = date_trunc('month', "dtUltimo"))
);
alter table series."TbPosicaoFria"
  alter column "pcRegistro" set compression lz4, alter column "pcSeq" set compression lz4,
  alter column "pcPosicao" set compression lz4, alter column "pcLat" set compression lz4,
  alter column "pcLong" set compression lz4, alter column "pcPrecisao" set compression lz4,
  alter column "pcBat" set compression lz4, alter column "pcDestinatario" set compression lz4,
  alter column "pcEndereco" set compression lz4;
create index "TbPosicaoFria_blDanificado_idx" on series."TbPosicaoFria" ("cdDispositivo")
  where "blDanificado";
alter table series."TbPosicaoFria" enable row level security;
revoke all on series."TbPosicaoFria" from public, anon, authenticated;
grant select on series."TbPosicaoFria" to authenticated, service_role;
comment on table series."TbPosicaoFria" is
  'Packed positions of past months. Read them through TbPosicao, which has all positions.';
comment on column series."TbPosicaoFria"."cdCliente" is
  'Who owned the device when the positions were received.';
comment on column series."TbPosicaoFria"."dtPrimeiro" is 'UTC; time of the first position.';
comment on column series."TbPosicaoFria"."dtUltimo" is 'UTC; time of the last position, in the same month.';
comment on column series."TbPosicaoFria"."nrQtd" is 'How many positions are packed.';
comment on column series."TbPosicaoFria"."nrVerificacao" is
  'Checksum of the rows: their hashes, combined by exclusive or.';
comment on column series."TbPosicaoFria"."nrResumo" is
  'Digest of the chunk as it is stored; every read compares it.';
comment on column series."TbPosicaoFria"."blDanificado" is
  'Found damaged: reads leave it out and say that they are not complete.';
comment on column series."TbPosicaoFria"."dtVerificado" is
  'When it was last unpacked and compared with its checksum.';
comment on column series."TbPosicaoFria"."pcRegistro" is
  'Times in ascending order, microseconds after dtPrimeiro.';
comment on column series."TbPosicaoFria"."pcSeq" is 'nrSeq of each row.';
comment on column series."TbPosicaoFria"."pcPosicao" is 'cdPosicao of each row.';
comment on column series."TbPosicaoFria"."pcLat" is 'dsLat of each row.';
comment on column series."TbPosicaoFria"."pcLong" is 'dsLong of each row.';
comment on column series."TbPosicaoFria"."pcPrecisao" is 'nrPrecisao of each row.';
comment on column series."TbPosicaoFria"."pcBat" is 'nrBat of each row.';
comment on column series."TbPosicaoFria"."pcDestinatario" is 'cdDestinatario of each row.';
comment on column series."TbPosicaoFria"."pcEndereco" is 'cdEndereco of each row.';
comment on column series."TbPosicaoFria"."arDistancia" is 'nrDistancia of each row; null where none has one.';
comment on column series."TbPosicaoFria"."arArea" is 'blArea of each row; null where none has one.';
