-- Every transaction that may not know of an announcement is over. Waits a moment for the short ones.
create function private.announcement_is_known(p_transaction xid8) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  for i in 1..20 loop
    if pg_snapshot_xmin(pg_current_snapshot()) >= p_transaction then
      return true;
    end if;
    perform pg_sleep(0.01);
  end loop;
  return false;
end
$$;
comment on function private.announcement_is_known is 'Whoever writes from now on has seen what was announced before this transaction number.';
revoke all on function private.announcement_is_known from public;
