-- Ingestion marks what is late for a whole batch (private.mark_dirty_hours) and says so in rastro.marcas; whatever else writes
-- or deletes time series is marked here. In a transaction with one snapshot everything is marked: it may not see what was
-- announced meanwhile.
create function private.announced_watermark() returns timestamp
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select case when current_setting('transaction_isolation') = 'read committed' then m."dtAnunciada" else 'infinity' end
  from private."TbRollupMarca" m
$$;
comment on function private.announced_watermark is 'What is older than this must be marked when it is written.';
revoke all on function private.announced_watermark from public;
