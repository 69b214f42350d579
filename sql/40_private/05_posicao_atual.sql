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

-- Cells of about 100 m, for addresses. Inlined: no SET clause.
create function private.milesimos(p_graus double precision) returns integer
language sql immutable parallel safe as $$
  select round(p_graus * 1000)::integer
$$;
comment on function private.milesimos(double precision) is 'Degrees in thousandths: two points with the same ones are in one cell.';
revoke all on function private.milesimos(double precision) from public;
