-- True once every transaction that may not know of an announcement has ended. Waits up to 0.2 seconds for
-- short ones. A number that this server has not given yet came with a restored dump: no transaction of that
-- server goes on here.
-- p_transaction   the first transaction number given out after the announcement was visible
create function private.announcement_is_known(p_transaction xid8) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  for i in 1..20 loop
    if pg_snapshot_xmin(pg_current_snapshot()) >= p_transaction
       or pg_snapshot_xmax(pg_current_snapshot()) < p_transaction then
      return true;
    end if;
    perform pg_sleep(0.01);
  end loop;
  return false;
end
$$;
comment on function private.announcement_is_known is
  'Whether all transactions before this one have ended, so that every writer knows of the announcement.';
revoke all on function private.announcement_is_known from public;
