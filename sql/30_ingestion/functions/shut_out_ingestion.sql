-- Takes the lock of ingestion exclusively, for changes that must not meet a reading on its way. Whoever waits
-- for it makes every later batch wait as well, for as long as the slowest batch of anybody takes: so this
-- waits for a moment only, lets others pass, and tries again. It also ends when a batch of this very caller
-- waits for the rows that the change has locked, sooner than that batch would. Raises PT503 BUSY.
create function private.shut_out_ingestion() returns void
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '100ms' as $$
begin
  for v_attempt in 1 .. 15 loop
    begin
      perform private.lock_ingestion(true);
      return;
    exception when lock_not_available then
      perform pg_sleep(0.1);
    end;
  end loop;
  raise sqlstate 'PT503' using hint = 'BUSY', detail = '1',
    message = 'Readings are being stored that this change must not meet; try again.';
end
$$;
comment on function private.shut_out_ingestion is
  'Keeps ingestion out until the transaction ends, without making it wait for long.';
revoke all on function private.shut_out_ingestion from public;
