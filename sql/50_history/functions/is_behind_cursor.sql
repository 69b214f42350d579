-- The order of history pages: newest first, then by device, then by nrSeq, nulls last, then by client:
-- who sees several owners of a device sees what it sent to each. Without SET clause, to be inlined.
-- Who may call it: every API role.
create function private.is_behind_cursor(p_time timestamp, p_device integer, p_seq bigint,
  p_client integer, p_cursor private.history_cursor) returns boolean
language sql immutable parallel safe as $$
  select p_time < p_cursor."dtRegistro" or p_time = p_cursor."dtRegistro" and (
    p_device < p_cursor."cdDispositivo"
    or p_device = p_cursor."cdDispositivo" and (
      p_seq < p_cursor."nrSeq" or p_seq is null and p_cursor."nrSeq" is not null
      or p_seq is not distinct from p_cursor."nrSeq" and p_client < p_cursor."cdCliente"))
$$;
comment on function private.is_behind_cursor is 'Whether a row comes after the cursor.';
revoke all on function private.is_behind_cursor from public;
grant execute on function private.is_behind_cursor to authenticated, service_role;
