-- PostgreSQL raises where a quotient overflows or underflows, and one such value would make every page that
-- holds it fail. Here the first is infinite (private.finite makes it null), the second 0.
-- p_by   between 1e-100 and 1e100 in size: a count of values, or what private.divisor lets pass
-- Inlined: no SET clause. Who may call it: every API role, as functions that run as their caller use it.
create function private.ratio(p_value double precision, p_by double precision) returns double precision
language sql immutable parallel safe as $$
  select case when abs(p_value) < 1e-200 then 0
              when abs(p_value) > 1e200 and abs(p_by) < 1 then p_value * sign(p_by) * 'Infinity'
              else p_value / p_by end
$$;
comment on function private.ratio is 'A quotient that never raises.';
revoke all on function private.ratio from public;
grant execute on function private.ratio to authenticated, service_role;
