-- The days of a time zone that a range touches, its end excluded; at most a year of them.
-- p_devices   how many devices are summed up for each of them
-- Part of public.get_somas_diarias. Who may call it: every API role.
-- Raises PT400 INVALID_PARAMETER, RANGE_TOO_WIDE.
create function private.local_days(p_start timestamptz, p_end timestamptz, p_zone text, p_devices integer)
returns date[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_days integer;
  v_error text := case
    when not coalesce(isfinite(p_start) and isfinite(p_end), false)
      then 'from and to are required and must be finite'
    when p_end < p_start then 'to must not be before from'
    when p_zone is null then 'fuso is required'
    when not private.is_zone_name(p_zone)
      then 'fuso must be the IANA name of a time zone, such as America/Sao_Paulo, not an offset'
  end;
begin
  if v_error is not null then
    raise sqlstate 'PT400' using message = v_error, hint = 'INVALID_PARAMETER';
  elsif p_start = p_end then
    return array[]::date[];
  end if;
  v_days := ((p_end - interval '1 microsecond') at time zone p_zone)::date
            - (p_start at time zone p_zone)::date + 1;
  if v_days > 366 or v_days * p_devices > 36600 then
    raise sqlstate 'PT400' using hint = 'RANGE_TOO_WIDE', message = format(
      'The range has %s days; at most 366 are summed up at once, and at most 36600 divided by pageSize (%s). '
      'Narrow the range, or ask for smaller pages.', v_days, p_devices);
  end if;
  return array(
    select (p_start at time zone p_zone)::date + n from generate_series(0, v_days - 1) n order by n);
end
$$;
comment on function private.local_days is 'The days of a time zone in a range.';
revoke all on function private.local_days from public;
grant execute on function private.local_days to authenticated, service_role;
