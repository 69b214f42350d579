-- What has history can be retired, never deleted. The time series have no foreign keys, so these triggers look; they
-- shut out ingests first, before any row is locked, so that none in flight can add history to what is just being deleted.
-- Security definer: the check must see rows that the person deleting may not see.
create function private.lock_before_delete() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.lock_ingestion(true);
  return null;
end
$$;
comment on function private.lock_before_delete is 'Shuts out ingests until the deletion is committed.';
revoke all on function private.lock_before_delete from public;
