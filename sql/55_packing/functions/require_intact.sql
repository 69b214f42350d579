-- Raises an error for chunks that are damaged: nothing is packed again from them, and nothing wrong is ever
-- written. Called by private.pack_values, private.pack_positions and what unpacks chunks.
-- Raises data_corrupted.
create function private.require_intact(p_table text, p_chunks bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_damaged bigint[] := private.damaged_chunks(p_table, p_chunks);
begin
  if v_damaged <> '{}' then
    raise data_corrupted using message = format('Chunk %s of %s is damaged', v_damaged[1], p_table),
      hint = 'scripts/doctor marks it; then reads leave it out and say that they are not complete.';
  end if;
end
$$;
comment on function private.require_intact is 'Raises an error for damaged chunks.';
revoke all on function private.require_intact from public;
