-- Whether a position belongs to a page of history: of the client, inside the measuring window of its device,
-- behind the cursor. Part of private.history_slice. Inlined: no SET clause; not where the position is given
-- by expressions instead of columns.
-- p_owner, p_client   client of the position, and asked for; null: any
-- Who may call it: every API role.
create function private.is_on_page(p_time timestamp, p_device integer, p_seq bigint, p_owner integer,
  p_target private.history_target, p_client integer, p_cursor private.history_cursor) returns boolean
language sql immutable parallel safe as $$
  select (p_client is null or p_owner = p_client)
    and private.in_measuring_window(p_time::time, (p_target).starts, (p_target).ends)
    and ((p_cursor)."dtRegistro" is null
      or private.is_behind_cursor(p_time, p_device, p_seq, p_owner, p_cursor))
$$;
comment on function private.is_on_page is 'Whether a position belongs to a page of history.';
revoke all on function private.is_on_page from public;
grant execute on function private.is_on_page to authenticated, service_role;
