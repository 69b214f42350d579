-- Ingests share this lock. A batch that others disturbed twenty times takes it exclusively, and so does what
-- must not meet a reading on its way: deleting devices and sensors, and another unit of a sensor, by
-- private.shut_out_ingestion.
create function private.lock_ingestion(p_exclusive boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform case
    when p_exclusive then pg_advisory_xact_lock(7274737472)
    else pg_advisory_xact_lock_shared(7274737472)
  end;
end
$$;
comment on function private.lock_ingestion is
  'Takes the lock of ingestion, shared or exclusively, until the transaction ends.';
revoke all on function private.lock_ingestion from public;
