-- In the database, so that any number of processes, however often they are restarted, ask no more often than
-- one.
create table private."TbGeocodificacaoVez" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "dtProxima" timestamptz not null default '-infinity'
);
alter table private."TbGeocodificacaoVez" enable row level security;
comment on table private."TbGeocodificacaoVez" is 'When the geocoding server may be asked again, one row.';
comment on column private."TbGeocodificacaoVez"."dtProxima" is
  'Not before this time; postponed after failures, and when the server asks for it.';
