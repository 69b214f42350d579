-- The order of positions: by time, then by sequence number, null first; never by arrival. An unknown time is
-- before all others. For the trigger that maintains TbPosicaoAtual. Inlined: no SET clause.
create function private.is_later(p_time timestamp, p_seq bigint, p_other_time timestamp, p_other_seq bigint)
returns boolean
language sql immutable parallel safe as $$
  select p_time is not null and (
    p_other_time is null
    or p_time > p_other_time
    or p_time = p_other_time and (p_seq > p_other_seq or p_seq is not null and p_other_seq is null))
$$;
comment on function private.is_later is
  'The first position is later than the other, by time and sequence number.';
revoke all on function private.is_later from public;
