-- The weight or height of an item, as far as something can be divided by it; others count as missing.
-- Inlined: no SET clause. Who may call it: every API role, as functions that run as their caller use it.
create function private.divisor(p_value double precision) returns double precision
language sql immutable parallel safe as $$
  select case when abs(p_value) between 1e-100 and 1e100 then p_value end
$$;
comment on function private.divisor is 'The number; null when it is too small or too large to divide by.';
revoke all on function private.divisor from public;
grant execute on function private.divisor to authenticated, service_role;
