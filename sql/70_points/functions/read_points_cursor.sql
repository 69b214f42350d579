-- What public.get_data_points is asked for: the page, the resolution, and whether some of it has expired.
--
-- Opaque to callers: base64 of 'agg,last time given', so that all pages of an answer have one resolution.
create function private.read_points_cursor(p_text text, out agg text, out after_time timestamp)
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_parts text[];
begin
  if p_text is null then
    return;
  end if;
  v_parts := regexp_match(convert_from(decode(p_text, 'base64'), 'UTF8'),
                           '^(raw|1m|5m|1h),(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)$');
  if v_parts is null then
    raise data_exception;
  end if;
  agg := v_parts[1];
  after_time := v_parts[2]::timestamp;
exception
  when data_exception then -- of every kind: bad base64, bad UTF-8, a date that is none
    raise sqlstate 'PT400' using message = 'cursor is not one that was handed out', hint = 'INVALID_PARAMETER';
end
$$;
comment on function private.read_points_cursor is 'Where a page of data points begins; nulls for the first one.';
revoke all on function private.read_points_cursor from public;
grant execute on function private.read_points_cursor to authenticated, service_role;
