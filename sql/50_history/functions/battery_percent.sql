-- Volts as history shows them: a share of 3.7 V, two decimals and '%'. Voltages that older versions accepted
-- may be of any size; the limit keeps their share from overflowing, ratio from underflowing.
-- Inlined: no SET clause, and a cast to text, as a number joined with a text is not immutable.
-- Who may call it: every API role, as views use it.
create function private.battery_percent(p_volts double precision) returns text
language sql immutable parallel safe as $$
  select case when p_volts is not null -- least would take it for the limit
              then round((private.ratio(greatest(least(p_volts, 3.7), -3.7e6), 3.7) * 100)::numeric, 2)::text
                   || '%'
         end
$$;
comment on function private.battery_percent is 'A battery voltage as a percentage of 3.7 V.';
revoke all on function private.battery_percent from public;
grant execute on function private.battery_percent to authenticated, service_role;
