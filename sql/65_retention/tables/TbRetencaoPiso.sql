-- What has expired so far, so that answers can say that they are not complete, and no late reading is taken
-- for a time whose readings are gone.
create table private."TbRetencaoPiso" (
  "cdCliente" integer primary key,
  "dtBruto" timestamp not null default '-infinity',
  "dtAnunciado" timestamp not null default '-infinity',
  "xiAnuncio" xid8,
  "dtAnuncio" timestamptz not null default now(),
  "dt1m" timestamp not null default '-infinity',
  "dt5m" timestamp not null default '-infinity',
  "dt1h" timestamp not null default '-infinity',
  check ("dt1h" <= "dtBruto" and "dtBruto" <= "dtAnunciado")
);
alter table private."TbRetencaoPiso" enable row level security;
comment on table private."TbRetencaoPiso" is
  'Before which time positions, readings and rollups of a client are gone.';
comment on column private."TbRetencaoPiso"."dtBruto" is 'UTC; positions and readings before it are deleted.';
comment on column private."TbRetencaoPiso"."dtAnunciado" is
  'UTC; positions and readings before it are not taken any more.';
comment on column private."TbRetencaoPiso"."xiAnuncio" is
  'First transaction that is sure to know of the announcement; null until that is known.';
comment on column private."TbRetencaoPiso"."dt1h" is
  'UTC; rollups before it are deleted, those by the hour too.';
comment on column private."TbRetencaoPiso"."dt1m" is 'UTC; rollups by the minute before it are deleted.';
comment on column private."TbRetencaoPiso"."dt5m" is 'UTC; rollups by five minutes before it are deleted.';
comment on column private."TbRetencaoPiso"."dtAnuncio" is 'When dtAnunciado was announced.';
