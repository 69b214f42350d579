-- Asked only where no bucket was found, so that who has numbers does not pay for it. PT400 INVALID_PARAMETER.
create function private.require_numbers(p_sensor integer, p_since timestamp, p_until timestamp, p_agg text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not private.is_numeric_point(p_sensor, p_since, p_until) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('agg %s needs numbers; this sensor reports booleans or texts: ask for raw', p_agg);
  end if;
end
$$;
comment on function private.require_numbers is
  'PT400 for buckets of a time in which a sensor reported, but no numbers.';
revoke all on function private.require_numbers from public;
grant execute on function private.require_numbers to authenticated, service_role;
