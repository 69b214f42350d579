-- Where rollups and counters begin and end. Two rules make readers exact at any moment: what lies outside
-- [dtPiso, dtMarca) is read from the values, and so is every dirty hour (TbRollupPendente).
--
-- The watermark overtakes no ingest in flight, and no ingest waits: dtAnunciada moves first. Whoever writes
-- something older than that records a dirty hour in the same transaction. Only when every transaction that
-- may not have seen the announcement has ended (xiAnuncio) are the hours up to it summed up, and dtMarca
-- follows. See private.advance_watermark.
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
comment on table private."TbRollupMarca" is
  'Watermark of rollups and counters, one row; -infinity until maintenance ran for the first time.';
comment on column private."TbRollupMarca"."dtPiso" is
  'The floor, UTC: rollups begin here. What is older is read from the values.';
comment on column private."TbRollupMarca"."dtMarca" is
  'The watermark, UTC: rollups end here. What is newer is read from the values.';
comment on column private."TbRollupMarca"."dtAnunciada" is
  'The announced watermark, UTC. Whoever writes something older records a dirty hour.';
comment on column private."TbRollupMarca"."xiAnuncio" is
  'First transaction number given out after the announcement was visible; null until then.';
comment on column private."TbRollupMarca"."dtAnuncio" is 'When dtAnunciada was announced.';
