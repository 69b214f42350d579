-- Where the position of a time and nrSeq is in its chunk: its place, from 0; null where it is not. Positions
-- are packed by time, then nrSeq, nulls first, so that it is looked for by halves: many may have one time.
-- Who may call it: every API role, as reads run as their caller.
create function private.find_position(p_times private.packed_integers, p_seqs private.packed_integers,
  p_count integer, p_time bigint, p_seq bigint) returns integer
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_low integer := 0;
  v_high integer := p_count;
  v_middle integer;
  v_time bigint;
  v_seq bigint;
begin
  while v_low < v_high loop
    v_middle := (v_low + v_high) / 2;
    v_time := private.unpack_integer(p_times.base, p_times.step, p_times.unit, p_times.width, p_times.blank,
      p_times.planes, p_count, v_middle);
    v_seq := private.unpack_integer(p_seqs.base, p_seqs.step, p_seqs.unit, p_seqs.width, p_seqs.blank,
      p_seqs.planes, p_count, v_middle);
    if v_time = p_time and v_seq is not distinct from p_seq then
      return v_middle;
    elsif v_time < p_time or v_time = p_time and p_seq is not null and (v_seq < p_seq) is not false then
      v_low := v_middle + 1;
    else
      v_high := v_middle;
    end if;
  end loop;
  return null;
end
$$;
comment on function private.find_position is 'The place, from 0, of a time and nrSeq among packed positions.';
revoke all on function private.find_position from public;
grant execute on function private.find_position to authenticated, service_role;
