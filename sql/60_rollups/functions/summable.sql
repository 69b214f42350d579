-- A sum must not overflow, as that would stop the maintenance of all sensors: a value beyond 1e290 counts as
-- infinite.
-- Without SET clause, to be inlined. Who may call it: every API role, as functions that run as their caller
-- use it.
create function private.summable(p_value double precision) returns double precision
language sql immutable parallel safe as $$
  select case when p_value between -1e290 and 1e290 then p_value else p_value * 'Infinity' end
$$;
comment on function private.summable is 'The value, or infinity where sums could overflow.';
revoke all on function private.summable from public;
grant execute on function private.summable to authenticated, service_role;
