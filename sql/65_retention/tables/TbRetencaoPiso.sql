-- What has expired so far, so that responses can say that they are not complete, and no late reading is
-- stored for a time whose values are deleted. A device that is or was under a legal hold has a row of its
-- own, at most as late as that of its client, until it has caught up (private.expire_rollups).
create table private."TbRetencaoPiso" (
  "cdCliente" integer not null,
  "cdDispositivo" integer not null default 0,
  "dtBruto" timestamp not null default '-infinity',
  "dtAnunciado" timestamp not null default '-infinity',
  "xiAnuncio" xid8,
  "dtAnuncio" timestamptz not null default now(),
  "dt1m" timestamp not null default '-infinity',
  "dt5m" timestamp not null default '-infinity',
  "dt1h" timestamp not null default '-infinity',
  primary key ("cdCliente", "cdDispositivo"),
  check ("dt1h" <= "dtBruto" and "dtBruto" <= "dtAnunciado")
);
alter table private."TbRetencaoPiso" enable row level security;
comment on table private."TbRetencaoPiso" is
  'Before which time positions, values and rollups of a client are deleted.';
comment on column private."TbRetencaoPiso"."cdDispositivo" is
  '0: the devices of the client that have no row of their own.';
comment on column private."TbRetencaoPiso"."dtBruto" is 'UTC; positions and values before it are deleted.';
comment on column private."TbRetencaoPiso"."dtAnunciado" is
  'UTC; positions and values before it are rejected.';
comment on column private."TbRetencaoPiso"."xiAnuncio" is
  'First transaction number given out after the announcement was visible; null until then.';
comment on column private."TbRetencaoPiso"."dt1h" is
  'UTC; all rollups before it are deleted.';
comment on column private."TbRetencaoPiso"."dt1m" is 'UTC; rollups by the minute before it are deleted.';
comment on column private."TbRetencaoPiso"."dt5m" is 'UTC; rollups by five minutes before it are deleted.';
comment on column private."TbRetencaoPiso"."dtAnuncio" is 'When dtAnunciado was announced.';
