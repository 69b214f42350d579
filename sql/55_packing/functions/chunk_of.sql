-- Into which chunk a row goes: chunks are of equal size, of 3,000 rows at most, which is a month of readings
-- every fifteen minutes. Inlined: no SET clause.
-- p_place, p_total   place of the row, from 1, and how many there are
create function private.chunk_of(p_place bigint, p_total bigint) returns bigint
language sql immutable parallel safe as $$
  select (p_place - 1) * ((p_total + 2999) / 3000) / p_total
$$;
comment on function private.chunk_of is 'Which of a number of equal chunks a row goes into.';
revoke all on function private.chunk_of from public;
