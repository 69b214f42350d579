-- Keyset cursor of the history. Opaque to callers: base64 of 'dtRegistro,cdDispositivo,nrSeq'.
--
-- Raises PT400 INVALID_PARAMETER for a text that was not handed out.
create function private.read_history_cursor(p_text text) returns private.history_cursor
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_parts text[];
begin
  if p_text is null then
    return null;
  end if;
  v_parts := regexp_match(convert_from(decode(p_text, 'base64'), 'UTF8'),
                           '^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}),(\d{1,10}),(-?\d{1,10})?$');
  if v_parts is null then
    raise data_exception;
  end if;
  return row(v_parts[1]::timestamp, v_parts[2]::integer, v_parts[3]::integer);
exception
  when data_exception then -- of every kind: bad base64, bad UTF-8, a date that is none
    raise sqlstate 'PT400' using message = 'cursor is not one that was handed out', hint = 'INVALID_PARAMETER';
end
$$;
comment on function private.read_history_cursor is 'Where a page of history begins; null for the first one.';
revoke all on function private.read_history_cursor from public;
grant execute on function private.read_history_cursor to authenticated, service_role;
