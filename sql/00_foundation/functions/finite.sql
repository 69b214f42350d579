-- JSON has no infinity: a sum that overflows, or a mean of one, becomes null. Inlined: no SET clause, and the
-- value is named once, as PostgreSQL does not inline what would compute a dear argument twice.
-- Who may call it: the API roles, as the functions that return charts run as their caller.
create function private.finite(p_value double precision) returns double precision
language sql immutable parallel safe as $$
  select nullif(nullif(nullif(p_value, 'Infinity'), '-Infinity'), 'NaN')
$$;
comment on function private.finite is 'The number; null when it is infinite or not a number.';
revoke all on function private.finite from public;
grant execute on function private.finite to authenticated, service_role;
