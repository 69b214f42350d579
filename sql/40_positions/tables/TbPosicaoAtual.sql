-- One row per device. It stays with the former owner of a moved device, unseen by views and functions, until
-- the present owner receives a position; then nothing of the former owner is left in it.
create table public."TbPosicaoAtual" (
  "cdDispositivo" integer primary key,
  "cdCliente" integer not null,
  "cdPosicao" bigint not null,
  "dtRegistro" timestamp not null,
  "nrSeq" bigint,
  "cdDestinatario" integer,
  "cdEndereco" integer,
  "dsLat" double precision,
  "dsLong" double precision,
  "blArea" boolean,
  "nrDistancia" real,
  "dtCoordenada" timestamp,
  "nrSeqCoordenada" bigint,
  "nrBat" double precision,
  "dtBateria" timestamp,
  "nrSeqBateria" bigint,
  "dtAlteracao" timestamptz not null default clock_timestamp(),
  "geoPonto" extensions.geography(Point, 4326) generated always as (
    extensions.st_setsrid(extensions.st_makepoint("dsLong", "dsLat"), 4326)::extensions.geography
  ) stored,
  "nrPrecisao" real,
  "nrTransacao" xid8 not null default pg_current_xact_id()
) with (fillfactor = 70);
-- room for HOT updates: a device that stands still touches no index
create index "TbPosicaoAtual_cdCliente_idx" on public."TbPosicaoAtual" ("cdCliente");
create index "TbPosicaoAtual_geoPonto_idx" on public."TbPosicaoAtual" using gist ("geoPonto");
alter table public."TbPosicaoAtual" enable row level security;
revoke all on public."TbPosicaoAtual" from public, anon, authenticated;
grant select on public."TbPosicaoAtual" to authenticated, service_role;
comment on table public."TbPosicaoAtual" is
  'The current position of each device: latest coordinates and battery, each with its own time.';
comment on column public."TbPosicaoAtual"."cdCliente" is
  'Owner at receipt; only positions received under this owner count. The present owner of the device is in '
  'TbDispositivo.';
comment on column public."TbPosicaoAtual"."cdPosicao" is
  'Latest position by (dtRegistro, nrSeq), not by arrival.';
comment on column public."TbPosicaoAtual"."dtCoordenada" is
  'Time (UTC) of the coordinates, area and distance shown.';
comment on column public."TbPosicaoAtual"."nrPrecisao" is
  'Precision of these coordinates in metres; null when it was not sent.';
comment on column public."TbPosicaoAtual"."nrSeqCoordenada" is
  'Sequence number of the position with these coordinates.';
comment on column public."TbPosicaoAtual"."dtBateria" is 'Time (UTC) of the battery voltage shown.';
comment on column public."TbPosicaoAtual"."nrSeqBateria" is
  'Sequence number of the position with this battery voltage.';
comment on column public."TbPosicaoAtual"."dtAlteracao" is
  'When this row last changed, by the clock of the database.';
comment on column public."TbPosicaoAtual"."nrTransacao" is
  'Transaction that last changed this row; compared with a horizon (private.change_horizon).';
