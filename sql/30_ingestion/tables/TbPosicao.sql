-- No foreign keys: they would halve the speed of ingestion. insert_device_readings is the only writer and
-- checks references; deleting what a row points to is refused (15_links, private.refuse_if_history).
create sequence public."TbPosicao_cdPosicao_seq";
create table public."TbPosicao" (
  "cdPosicao" bigint not null default nextval('public."TbPosicao_cdPosicao_seq"'),
  "dtRegistro" timestamp not null,
  "dsLat" double precision,
  "dsLong" double precision,
  "nrBat" double precision,
  "cdDispositivo" integer not null,
  "cdCliente" integer not null,
  "nrSeq" bigint,
  "cdDestinatario" integer,
  "cdEndereco" integer,
  "nrDistancia" real,
  "blArea" boolean,
  "nrPrecisao" real,
  primary key ("cdPosicao", "dtRegistro"),
  unique nulls not distinct ("cdDispositivo", "dtRegistro", "nrSeq", "cdCliente")
) partition by range ("dtRegistro");
alter sequence public."TbPosicao_cdPosicao_seq" owned by public."TbPosicao"."cdPosicao";
create index "TbPosicao_cdEndereco_idx" on public."TbPosicao" ("cdEndereco") where "cdEndereco" is not null;
alter table public."TbPosicao" enable row level security;
revoke all on public."TbPosicao" from public, anon, authenticated;
grant select on public."TbPosicao" to authenticated, service_role;
comment on table public."TbPosicao" is
  'Positions of devices, with battery and sequence number. Partitioned by month; written by ingestion only.';
comment on column public."TbPosicao"."dtRegistro" is 'When it was measured, UTC.';
comment on column public."TbPosicao"."cdCliente" is
  'Who owned the device when the position was received; decides for good who sees the row, and is part of '
  'the key: what a former owner sent is never compared with what a new one sends.';
comment on column public."TbPosicao"."nrSeq" is
  'Sequence number given by the device; part of the key, null counts as a value.';
comment on column public."TbPosicao"."nrBat" is
  'Battery voltage in volts, whatever the device sends (cdUnidadeBat of TbDispositivo).';
comment on column public."TbPosicao"."dsLat" is
  'Latitude in degrees, WGS 84, rounded to 5 decimals; null when not sent.';
comment on column public."TbPosicao"."dsLong" is
  'Longitude in degrees, WGS 84, rounded to 5 decimals; null when not sent.';
comment on column public."TbPosicao"."nrDistancia" is
  'Geodesic distance in metres from the site the device had at receipt.';
comment on column public."TbPosicao"."blArea" is
  'Inside the geofence of the site; null when the site or its coordinates are missing.';
comment on column public."TbPosicao"."nrPrecisao" is
  'Precision of the coordinates in metres: a device is inside its geofence where it may be. Null when not '
  'sent.';
comment on column public."TbPosicao"."cdEndereco" is 'Address found by the geocoding job, if any.';
