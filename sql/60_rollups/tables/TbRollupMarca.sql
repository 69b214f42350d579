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
comment on table private."TbRollupMarca" is 'Watermark of rollups and counters, one row; -infinity before the upkeep ran first.';
comment on column private."TbRollupMarca"."dtPiso" is 'UTC; rollups begin here. What is older is read from the readings.';
comment on column private."TbRollupMarca"."dtMarca" is 'UTC; rollups end here. What is newer is read from the readings.';
comment on column private."TbRollupMarca"."dtAnunciada" is 'UTC; where the watermark goes next. Whoever writes something older leaves a mark.';
comment on column private."TbRollupMarca"."xiAnuncio" is 'First transaction that is sure to know of the announcement; null until that is known.';
comment on column private."TbRollupMarca"."dtAnuncio" is 'When dtAnunciada was announced.';
