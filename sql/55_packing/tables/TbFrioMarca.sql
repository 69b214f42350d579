-- Up to where history is packed. As with rollups, what comes next is announced first: whoever stores
-- something older than dtAnunciada compares it with what is packed (private.refuse_packed), and a month is
-- packed only when every transaction that may not know of it has ended. See private.pack_history.
create table private."TbFrioMarca" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "dtFrio" timestamp not null default '-infinity',
  "dtAnunciada" timestamp not null default '-infinity',
  "xiAnuncio" xid8,
  "dtAnuncio" timestamptz,
  "dtTardias" timestamptz not null default '-infinity',
  "cdProximo" integer not null default 0,
  check ("dtFrio" <= "dtAnunciada")
);
alter table private."TbFrioMarca" enable row level security;
comment on table private."TbFrioMarca" is 'Up to where history is packed, one row.';
comment on column private."TbFrioMarca"."dtFrio" is
  'UTC; months before it are packed. What arrives for them later waits in the late tables.';
comment on column private."TbFrioMarca"."dtAnunciada" is
  'UTC; whoever stores something older compares it with what is packed.';
comment on column private."TbFrioMarca"."xiAnuncio" is
  'First transaction number given out after the announcement was visible; null until then.';
comment on column private."TbFrioMarca"."dtAnuncio" is 'When dtAnunciada was announced.';
comment on column private."TbFrioMarca"."dtTardias" is 'When late rows were last packed, all of them.';
comment on column private."TbFrioMarca"."cdProximo" is
  'Sensor or device from which the next step looks for something to pack: those before it were packed.';
