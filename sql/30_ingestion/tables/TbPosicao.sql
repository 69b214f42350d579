-- No foreign keys: they would halve the speed of ingestion. insert_device_readings is the only writer and
-- checks references; deleting what a row points to is refused (15_links, private.refuse_if_history).
create sequence series."TbPosicao_cdPosicao_seq";
create table series."TbPosicao" (
  "cdPosicao" bigint not null default nextval('series."TbPosicao_cdPosicao_seq"'),
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
alter sequence series."TbPosicao_cdPosicao_seq" owned by series."TbPosicao"."cdPosicao";
create index "TbPosicao_cdEndereco_idx" on series."TbPosicao" ("cdEndereco") where "cdEndereco" is not null;
alter table series."TbPosicao" enable row level security;
revoke all on series."TbPosicao" from public, anon, authenticated;
grant select on series."TbPosicao" to authenticated, service_role;
comment on table series."TbPosicao" is
  'Positions of devices, with battery and sequence number. Partitioned by month; written by ingestion only.';
