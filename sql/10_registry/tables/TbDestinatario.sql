create table public."TbDestinatario" (
  "cdDestinatario" serial primary key,
  "dsNome" text constraint "TbDestinatario_dsNome_max_255" check (char_length("dsNome") <= 255),
  "nrCnpj" text constraint "TbDestinatario_nrCnpj_max_255" check (char_length("nrCnpj") <= 255),
  "nrIe" text constraint "TbDestinatario_nrIe_max_255" check (char_length("nrIe") <= 255),
  "nrInscMun" text constraint "TbDestinatario_nrInscMun_max_255" check (char_length("nrInscMun") <= 255),
  "dsObs" text constraint "TbDestinatario_dsObs_max_4000" check (char_length("dsObs") <= 4000),
  "cdStatus" public.status,
  "nrRaio" double precision check ("nrRaio" >= 0 and "nrRaio" < 'Infinity'),
  "dtRegistro" timestamp not null default (now() at time zone 'UTC'),
  "cdCliente" integer,
  "cdEndereco" integer,
  "dsCerca" jsonb,
  -- geometry, not geography: GeoJSON's edges are straight lines in longitude and latitude
  "geoCerca" extensions.geometry(Geometry, 4326) generated always as (
    extensions.st_geomfromgeojson("dsCerca")
  ) stored
);
-- not compressed: every reading that is compared with a large polygon would unpack it again
alter table public."TbDestinatario" alter column "geoCerca" set storage external;
create index "TbDestinatario_cdCliente_idx" on public."TbDestinatario" ("cdCliente");
create index "TbDestinatario_cdEndereco_idx" on public."TbDestinatario" ("cdEndereco");
alter table public."TbDestinatario" enable row level security;
revoke all on public."TbDestinatario" from public, anon, authenticated;
grant select, delete on public."TbDestinatario" to authenticated, service_role;
grant insert ("dsNome", "nrCnpj", "nrIe", "nrInscMun", "dsObs", "cdStatus", "nrRaio", "cdCliente",
  "cdEndereco", "dsCerca")
  on public."TbDestinatario" to authenticated, service_role;
grant update ("dsNome", "nrCnpj", "nrIe", "nrInscMun", "dsObs", "cdStatus", "nrRaio", "cdCliente",
  "cdEndereco", "dsCerca")
  on public."TbDestinatario" to authenticated, service_role;
grant usage on sequence public."TbDestinatario_cdDestinatario_seq" to authenticated, service_role;
comment on table public."TbDestinatario" is
  'Sites: where a device should be, and the circle or polygon it may move in (its geofence).';
comment on constraint "TbDestinatario_dsNome_max_255" on public."TbDestinatario" is
  'dsNome has at most 255 characters';
comment on constraint "TbDestinatario_nrCnpj_max_255" on public."TbDestinatario" is
  'nrCnpj has at most 255 characters';
comment on constraint "TbDestinatario_nrIe_max_255" on public."TbDestinatario" is
  'nrIe has at most 255 characters';
comment on constraint "TbDestinatario_nrInscMun_max_255" on public."TbDestinatario" is
  'nrInscMun has at most 255 characters';
comment on constraint "TbDestinatario_dsObs_max_4000" on public."TbDestinatario" is
  'dsObs has at most 4000 characters';
comment on constraint "TbDestinatario_nrRaio_check" on public."TbDestinatario" is
  'nrRaio is 0 metres or more';
comment on column public."TbDestinatario"."nrRaio" is 'Radius of the geofence in metres around the address.';
comment on column public."TbDestinatario"."dsCerca" is
  'Geofence as a polygon, GeoJSON (RFC 7946); replaces the circle.';
comment on column public."TbDestinatario"."geoCerca" is
  'The same polygon for spatial queries; computed by PostgreSQL.';
