-- A device, sensor or address with history can be retired, but not deleted. Time series have no foreign keys,
-- so triggers look for history (private.refuse_if_history). This one shuts out ingestion first, before any
-- row is locked, so that no ingest in flight can add history to a row that is being deleted.
-- Security definer: the person who deletes has no rights on private.lock_ingestion.
create function private.lock_before_delete() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.lock_ingestion(true);
  return null;
end
$$;
comment on function private.lock_before_delete is 'Keeps ingestion out until the deletion has committed.';
revoke all on function private.lock_before_delete from public;
