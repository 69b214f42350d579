-- In the database, so that any number of processes, started again as often as they like, ask as often as one.
create table private."TbGeocodificacaoVez" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "dtProxima" timestamptz not null default '-infinity'
);
alter table private."TbGeocodificacaoVez" enable row level security;
comment on table private."TbGeocodificacaoVez" is 'When the server that knows addresses may be asked again, one row.';
comment on column private."TbGeocodificacaoVez"."dtProxima" is 'Not before; later after failures, and as long as the server says.';
