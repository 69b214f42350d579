-- The only place that knows the order of the fields; call it in named notation. Without SET clause, to be
-- inlined. Who may call it: every API role, as get_historico_paginado runs as its caller.
create function private.make_history_cursor(p_time timestamp, p_device integer, p_seq bigint,
  p_client integer)
returns private.history_cursor
language sql immutable parallel safe as $$
  select row(p_time, p_device, p_seq, p_client)::private.history_cursor
$$;
comment on function private.make_history_cursor is 'The key of the last row of a page of history.';
revoke all on function private.make_history_cursor from public;
grant execute on function private.make_history_cursor to authenticated, service_role;
