-- Arguments of whatever comes in pages. PT400 INVALID_PARAMETER.
create function private.require_page(p_page_size integer, p_cursor_is_known boolean default true) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if not coalesce(p_page_size between 1 and 1000, false) then
    raise sqlstate 'PT400' using message = 'pageSize is 1 to 1000', hint = 'INVALID_PARAMETER';
  end if;
  if not p_cursor_is_known then
    raise sqlstate 'PT400' using message = 'cursor is not one that was handed out', hint = 'INVALID_PARAMETER';
  end if;
end
$$;
comment on function private.require_page is 'PT400 unless a page has a size that is allowed, and begins where one ended.';
revoke all on function private.require_page from public;
grant execute on function private.require_page to authenticated, service_role;
