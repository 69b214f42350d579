-- A result that is returned in one piece has a limit. Who may call it: the API roles, as the functions that
-- read time series run as their caller. Raises PT400 RANGE_TOO_WIDE.
create function private.require_row_limit(p_rows bigint, p_maximum integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if p_rows > p_maximum then
    raise sqlstate 'PT400' using hint = 'RANGE_TOO_WIDE',
      message = format('The result has more than %s rows. Narrow the range or use pages.', p_maximum);
  end if;
end
$$;
comment on function private.require_row_limit is
  'Raises PT400 when a result has more rows than may be returned at once.';
revoke all on function private.require_row_limit from public;
grant execute on function private.require_row_limit to authenticated, service_role;
