create table private."TbGeocodificacao" (
  "dsGrade" text primary key,
  "cdEndereco" integer references public."TbEndereco" on delete cascade,
  "dtRegistro" timestamptz not null default now()
);
create index "TbGeocodificacao_cdEndereco_idx" on private."TbGeocodificacao" ("cdEndereco");
alter table private."TbGeocodificacao" enable row level security;

comment on table private."TbGeocodificacao" is 'Which address was found for a cell of about 100 m, so that nobody is asked twice. Out of reach of the API: whoever could write it could put addresses on other clients'' maps.';
comment on column private."TbGeocodificacao"."dsGrade" is 'Latitude and longitude in degrees, to three decimals.';
comment on column private."TbGeocodificacao"."cdEndereco" is 'Null: there is no address.';
