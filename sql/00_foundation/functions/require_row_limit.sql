create function private.require_row_limit(p_rows bigint, p_maximum integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if p_rows > p_maximum then
    raise sqlstate 'PT400' using hint = 'RANGE_TOO_WIDE',
      message = format('This would be %s rows; at most %s are told at once: ask for less time, or page by page', p_rows, p_maximum);
  end if;
end
$$;
comment on function private.require_row_limit is 'PT400 for more rows than are told at once.';
revoke all on function private.require_row_limit from public;
grant execute on function private.require_row_limit to authenticated, service_role;
