create table private."TbGeocodificacao" (
  "nrLat" integer not null,
  "nrLong" integer not null,
  "cdEndereco" integer,
  "dtRegistro" timestamptz not null default now(),
  primary key ("nrLat", "nrLong")
);
create index "TbGeocodificacao_cdEndereco_idx" on private."TbGeocodificacao" ("cdEndereco");
alter table private."TbGeocodificacao" enable row level security;
comment on table private."TbGeocodificacao" is
  'Address found for a cell of about 100 m, so that no cell is looked up twice. Not accessible to the API: '
  'whoever could write it could set addresses on other clients'' maps.';
comment on column private."TbGeocodificacao"."nrLat" is 'Latitude in thousandths of a degree.';
comment on column private."TbGeocodificacao"."nrLong" is 'Longitude in thousandths of a degree.';
comment on column private."TbGeocodificacao"."cdEndereco" is 'Null: the cell has no address.';
