-- Where a page of a device's way begins. Opaque to callers: base64 of 'time,sequence number' of the last point given.
create function private.read_track_cursor(p_text text, out after_time timestamp, out seq integer)
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_parts text[];
begin
  if p_text is null then
    return;
  end if;
  v_parts := regexp_match(convert_from(decode(p_text, 'base64'), 'UTF8'),
                           '^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?),(-?\d{1,10})?$');
  if v_parts is null then
    raise data_exception;
  end if;
  after_time := v_parts[1]::timestamp;
  seq := v_parts[2]::integer;
exception
  when data_exception then -- of every kind: bad base64, bad UTF-8, a date that is none
    raise sqlstate 'PT400' using message = 'cursor is not one that was handed out', hint = 'INVALID_PARAMETER';
end
$$;
comment on function private.read_track_cursor is 'Where a page of a way begins; nulls for the first one.';
revoke all on function private.read_track_cursor from public;
grant execute on function private.read_track_cursor to authenticated, service_role;
