-- The axis of a chart: hours of the day, days of the week or days, in a time zone; and what may be asked for.
--
-- JSON has no infinity: a sum that overflows, or a mean of one, is told as null. Inlined.
create function private.finite(p_value double precision) returns double precision
language sql immutable parallel safe as $$
  select case when abs(p_value) < 'Infinity' then p_value end
$$;
comment on function private.finite is 'The number, or null where it is infinite or none.';
revoke all on function private.finite from public;
grant execute on function private.finite to authenticated, service_role;
