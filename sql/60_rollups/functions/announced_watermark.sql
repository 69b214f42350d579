-- An hour below the announced watermark becomes dirty when something is written or deleted in it. Ingestion
-- records that for a whole batch (private.mark_dirty_hours) and switches the triggers off by setting
-- rastro.dirty_marking; whatever else writes or deletes time series is recorded by triggers, which call this
-- function.
-- Infinity in a transaction that keeps one snapshot: it may not see what was announced after it began.
create function private.announced_watermark() returns timestamp
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select case
    when current_setting('transaction_isolation') = 'read committed' then m."dtAnunciada"
    else 'infinity'
  end
  from private."TbRollupMarca" m
$$;
comment on function private.announced_watermark is
  'Hours before this time become dirty when something is written in them.';
revoke all on function private.announced_watermark from public;
