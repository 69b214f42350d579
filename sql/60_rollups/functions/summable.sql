-- Sums up readings. The unit is an hour of a sensor: it is always made whole, from the readings, so that making it twice or
-- in another order gives the same.
--
-- A sum must not overflow, or one sensor would stop the upkeep: what is beyond 1e290 counts as infinite. Inlined.
create function private.summable(p_value double precision) returns double precision
language sql immutable parallel safe as $$
  select case when p_value between -1e290 and 1e290 then p_value else p_value * 'Infinity' end
$$;
comment on function private.summable is 'The value, or infinity where sums could overflow.';
revoke all on function private.summable from public;
grant execute on function private.summable to authenticated, service_role;
