-- Without SET clause, to be inlined. Who may call it: every API role, as private.whole_days runs as its
-- caller.
create function private.next_day_start(p_time timestamp) returns timestamp
language sql immutable parallel safe as $$
  select date_trunc('day', p_time + interval '1 day' - interval '1 microsecond')
$$;
comment on function private.next_day_start is 'The first start of a day at or after a time.';
revoke all on function private.next_day_start from public;
grant execute on function private.next_day_start to authenticated, service_role;
