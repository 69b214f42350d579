-- Called only when no bucket was found, so that requests for numbers do not pay for it.
-- Who may call it: every API role. Raises PT400 INVALID_PARAMETER.
create function private.require_numbers(p_sensor integer, p_since timestamp, p_until timestamp, p_agg text)
returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not private.is_numeric_point(p_sensor, p_since, p_until) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('agg %s needs numeric values; this sensor has booleans or texts: use agg raw', p_agg);
  end if;
end
$$;
comment on function private.require_numbers is
  'Raises PT400 when a sensor has values in a time range, but no numeric ones.';
revoke all on function private.require_numbers from public;
grant execute on function private.require_numbers to authenticated, service_role;
