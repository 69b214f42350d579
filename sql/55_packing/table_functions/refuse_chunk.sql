-- Raises the error for a chunk that is damaged and not marked yet, and names it. It stands where the number
-- of rows is expected, and costs nothing where nothing is damaged, which the planner should know.
-- p_owner   what the chunk is of, as a person looks for it: sensor or device with its code
-- Who may call it: every API role, as the views run as their caller.
-- Raises PT500 DAMAGED_HISTORY.
create function private.refuse_chunk(p_table text, p_chunk bigint, p_owner text, p_client integer,
  p_first timestamp) returns integer
language plpgsql stable parallel safe cost 1 set search_path = pg_catalog, pg_temp as $$
begin
  raise sqlstate 'PT500' using hint = 'DAMAGED_HISTORY',
    message = format('Packed history is damaged: chunk %s of %s, %s, client %s, from %s.', p_chunk, p_table,
                     p_owner, p_client, p_first),
    detail = 'Run scripts/doctor --verify-packs, which marks damaged chunks: reads then leave them out and '
             'say that they are not complete. Restore the rows from an archive or a backup.';
end
$$;
comment on function private.refuse_chunk is 'Raises the error that names a damaged chunk.';
revoke all on function private.refuse_chunk from public;
grant execute on function private.refuse_chunk to authenticated, service_role;
