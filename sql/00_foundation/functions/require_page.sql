-- Checks the arguments of everything that is returned in pages. Who may call it: the API roles, as list
-- functions run as their caller. Raises PT400 INVALID_PARAMETER.
create function private.require_page(p_page_size integer, p_cursor_is_known boolean default true) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if not coalesce(p_page_size between 1 and 1000, false) then
    raise sqlstate 'PT400' using message = 'pageSize must be between 1 and 1000', hint = 'INVALID_PARAMETER';
  end if;
  if not p_cursor_is_known then
    raise sqlstate 'PT400' using message = 'cursor is not valid: send nextCursor of the previous page',
      hint = 'INVALID_PARAMETER';
  end if;
end
$$;
comment on function private.require_page is
  'Raises PT400 unless the page size is allowed and the cursor is known.';
revoke all on function private.require_page from public;
grant execute on function private.require_page to authenticated, service_role;
