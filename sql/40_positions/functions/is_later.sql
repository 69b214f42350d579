-- Order of reports, for the trigger that keeps TbPosicaoAtual. Inlined: no SET clause.
create function private.is_later(p_time timestamp, p_seq integer, p_other_time timestamp, p_other_seq integer)
returns boolean
language sql immutable parallel safe as $$
  select p_time is not null and (
    p_other_time is null or p_time > p_other_time
    or p_time = p_other_time and (p_seq > p_other_seq or p_seq is not null and p_other_seq is null))
$$;
comment on function private.is_later is
  'The first report is the later one: by time, then by sequence number, null first. No time is before all times.';
revoke all on function private.is_later from public;
