create table public."TbEndereco" (
  "cdEndereco" serial primary key,
  "dsLogradouro" text constraint "TbEndereco_dsLogradouro_max_255" check (char_length("dsLogradouro") <= 255),
  "nrNumero" text constraint "TbEndereco_nrNumero_max_255" check (char_length("nrNumero") <= 255),
  "dsComplemento" text
    constraint "TbEndereco_dsComplemento_max_255" check (char_length("dsComplemento") <= 255),
  "dsBairro" text constraint "TbEndereco_dsBairro_max_255" check (char_length("dsBairro") <= 255),
  "dsCep" text constraint "TbEndereco_dsCep_max_255" check (char_length("dsCep") <= 255),
  "dsCidade" text constraint "TbEndereco_dsCidade_max_255" check (char_length("dsCidade") <= 255),
  "dsUF" text constraint "TbEndereco_dsUF_max_255" check (char_length("dsUF") <= 255),
  "dsLat" double precision check ("dsLat" between -90 and 90),
  "dsLong" double precision check ("dsLong" between -180 and 180),
  "dtRegistro" timestamp not null default (now() at time zone 'UTC'),
  -- geography, not geometry: radii are metres on the ellipsoid
  "geoPonto" extensions.geography(Point, 4326) generated always as (
    extensions.st_setsrid(extensions.st_makepoint("dsLong", "dsLat"), 4326)::extensions.geography
  ) stored,
  "dsFonte" text,
  "cdCliente" integer,
  check (("dsLat" is null) = ("dsLong" is null))
);
create index "TbEndereco_dsUF_idx" on public."TbEndereco" ("dsUF");
create index "TbEndereco_dsLat_dsLong_idx" on public."TbEndereco" ("dsLat", "dsLong");
create index "TbEndereco_geoPonto_idx" on public."TbEndereco" using gist ("geoPonto");
create index "TbEndereco_cdCliente_idx" on public."TbEndereco" ("cdCliente");
alter table public."TbEndereco" enable row level security;
revoke all on public."TbEndereco" from public, anon, authenticated;
grant select, delete on public."TbEndereco" to authenticated, service_role;
grant insert ("dsLogradouro", "nrNumero", "dsComplemento", "dsBairro", "dsCep", "dsCidade", "dsUF", "dsLat",
  "dsLong", "cdCliente")
  on public."TbEndereco" to authenticated, service_role;
grant update ("dsLogradouro", "nrNumero", "dsComplemento", "dsBairro", "dsCep", "dsCidade", "dsUF", "dsLat",
  "dsLong", "cdCliente")
  on public."TbEndereco" to authenticated, service_role;
grant usage on sequence public."TbEndereco_cdEndereco_seq" to authenticated, service_role;
comment on table public."TbEndereco" is
  'Addresses of sites, and addresses found for positions by the geocoding job.';
comment on constraint "TbEndereco_dsLogradouro_max_255" on public."TbEndereco" is
  'dsLogradouro has at most 255 characters';
comment on constraint "TbEndereco_nrNumero_max_255" on public."TbEndereco" is
  'nrNumero has at most 255 characters';
comment on constraint "TbEndereco_dsComplemento_max_255" on public."TbEndereco" is
  'dsComplemento has at most 255 characters';
comment on constraint "TbEndereco_dsBairro_max_255" on public."TbEndereco" is
  'dsBairro has at most 255 characters';
comment on constraint "TbEndereco_dsCep_max_255" on public."TbEndereco" is 'dsCep has at most 255 characters';
comment on constraint "TbEndereco_dsCidade_max_255" on public."TbEndereco" is
  'dsCidade has at most 255 characters';
comment on constraint "TbEndereco_dsUF_max_255" on public."TbEndereco" is 'dsUF has at most 255 characters';
comment on constraint "TbEndereco_check" on public."TbEndereco" is
  'dsLat and dsLong must both be set or both be null';
comment on constraint "TbEndereco_dsLat_check" on public."TbEndereco" is 'dsLat is -90 to 90 degrees';
comment on constraint "TbEndereco_dsLong_check" on public."TbEndereco" is 'dsLong is -180 to 180 degrees';
comment on column public."TbEndereco"."dsLat" is 'Latitude in degrees, WGS 84.';
comment on column public."TbEndereco"."dsLong" is 'Longitude in degrees, WGS 84.';
comment on column public."TbEndereco"."geoPonto" is
  'The same point for spatial queries; computed by PostgreSQL.';
comment on column public."TbEndereco"."dsFonte" is
  'Source of an address that was looked up, to be shown with it. Null: typed in by a person.';
comment on column public."TbEndereco"."cdCliente" is
  'Owner: sees it even while no site is there; alone may change it. Null: seen through sites and positions.';
