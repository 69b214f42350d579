-- Up to where the rollups and counters go, and which of their hours are not right any more. Two rules make readers exact at
-- any moment: what lies outside [dtPiso, dtMarca) is read from the readings, and so is every hour with a mark.
--
-- No ingest in flight can be overtaken, and none ever waits: dtAnunciada moves first. Whoever writes something older than
-- it leaves a mark, in the same transaction. Only when every transaction that may not have seen the announcement is over
-- (xiAnuncio) are the hours up to it summed up, and dtMarca follows.
create table private."TbRollupMarca" (
  "blUnica" boolean primary key default true check ("blUnica"),
  "dtPiso" timestamp not null,
  "dtMarca" timestamp not null,
  "dtAnunciada" timestamp not null,
  "xiAnuncio" xid8,
  "dtAnuncio" timestamptz,
  check ("dtPiso" <= "dtMarca" and "dtMarca" <= "dtAnunciada")
);
alter table private."TbRollupMarca" enable row level security;
insert into private."TbRollupMarca" ("dtPiso", "dtMarca", "dtAnunciada") values ('-infinity', '-infinity', '-infinity');

comment on table private."TbRollupMarca" is 'Watermark of rollups and counters, one row; -infinity before the upkeep ran first.';
comment on column private."TbRollupMarca"."dtPiso" is 'UTC; rollups begin here. What is older is read from the readings.';
comment on column private."TbRollupMarca"."dtMarca" is 'UTC; rollups end here. What is newer is read from the readings.';
comment on column private."TbRollupMarca"."dtAnunciada" is 'UTC; where the watermark goes next. Whoever writes something older leaves a mark.';
comment on column private."TbRollupMarca"."xiAnuncio" is 'First transaction that is sure to know of the announcement; null until that is known.';
comment on column private."TbRollupMarca"."dtAnuncio" is 'When dtAnunciada was announced.';

-- A mark is only ever inserted, one for each writing transaction, so that no writer waits for another or for the upkeep.
-- It becomes visible together with what it marks; the upkeep deletes the marks it saw before it summed up again.
create table private."TbRollupPendente" (
  "cdPendente" bigint generated always as identity primary key,
  "dtHora" timestamp not null,
  "dtMarcado" timestamptz not null default now(),
  "cdSensor" integer,
  "cdDispositivo" integer,
  check (num_nonnulls("cdSensor", "cdDispositivo") = 1)
);
create index "TbRollupPendente_cdSensor_dtHora_idx" on private."TbRollupPendente" ("cdSensor", "dtHora") where "cdSensor" is not null;
create index "TbRollupPendente_cdDispositivo_dtHora_idx" on private."TbRollupPendente" ("cdDispositivo", "dtHora")
  where "cdDispositivo" is not null;
alter table private."TbRollupPendente" enable row level security;

comment on table private."TbRollupPendente" is 'Hours below the watermark in which something was written or deleted since they were summed up.';
comment on column private."TbRollupPendente"."dtHora" is 'Start of the hour, UTC.';
comment on column private."TbRollupPendente"."cdSensor" is 'Sensor whose rollups are concerned; otherwise null.';
comment on column private."TbRollupPendente"."cdDispositivo" is 'Device whose counter is concerned; otherwise null.';
comment on column private."TbRollupPendente"."dtMarcado" is 'When the transaction that left the mark began.';
