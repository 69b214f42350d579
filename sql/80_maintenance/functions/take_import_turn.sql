-- Imports begin months one after the other, as each holds the locks of new partitions until it ends.
-- p_wait   waits for its turn, 4 seconds at most; otherwise returns at once whether it has it
-- Called by private.open_months, which does not wait, as it holds the lock of ingestion, and by
-- private.ingest once that one has been given up. Raises PT503 BUSY, with seconds to wait.
create function private.take_import_turn(p_wait boolean) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '4s' as $$
begin
  if p_wait then
    perform pg_advisory_xact_lock(7274737473);
    return true;
  end if;
  return pg_try_advisory_xact_lock(7274737473);
exception when lock_not_available then
  raise sqlstate 'PT503' using hint = 'BUSY', detail = '5',
    message = 'Another import is beginning months that have no data yet; one does so at a time. Try again.';
end
$$;
comment on function private.take_import_turn is 'The turn of an import to begin months.';
revoke all on function private.take_import_turn from public;
