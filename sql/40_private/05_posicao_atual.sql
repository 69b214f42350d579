-- Order of reports, for the trigger that keeps TbPosicaoAtual. Inlined: no SET clause.
create function private.depois(p_dt timestamp, p_seq integer, p_dt_outro timestamp, p_seq_outro integer) returns boolean
language sql immutable parallel safe as $$
  select p_dt is not null and (
    p_dt_outro is null or p_dt > p_dt_outro
    or p_dt = p_dt_outro and (p_seq > p_seq_outro or p_seq is not null and p_seq_outro is null))
$$;
comment on function private.depois(timestamp, integer, timestamp, integer) is
  'The first report is the later one: by time, then by sequence number, null first. No time is before all times.';
revoke all on function private.depois(timestamp, integer, timestamp, integer) from public;
