-- What public.get_data_points is asked for: the page, the resolution, and whether some of it has expired.

-- Opaque to callers: base64 of 'agg,last time given', so that all pages of an answer have one resolution.
create function private.ler_cursor_pontos(p_texto text, out agg text, out apos timestamp)
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_partes text[];
begin
  if p_texto is null then
    return;
  end if;
  v_partes := regexp_match(convert_from(decode(p_texto, 'base64'), 'UTF8'),
                           '^(raw|1m|5m|1h),(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)$');
  if v_partes is null then
    raise data_exception;
  end if;
  agg := v_partes[1];
  apos := v_partes[2]::timestamp;
exception
  when data_exception then -- of every kind: bad base64, bad UTF-8, a date that is none
    raise sqlstate 'PT400' using message = 'cursor is not one that was handed out', hint = 'INVALID_PARAMETER';
end
$$;
comment on function private.ler_cursor_pontos(text) is 'Where a page of data points begins; nulls for the first one.';
revoke all on function private.ler_cursor_pontos(text) from public;
grant execute on function private.ler_cursor_pontos(text) to authenticated, service_role;

create function private.escrever_cursor_pontos(p_agg text, p_apos timestamp) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select translate(encode(convert_to(p_agg || ',' || p_apos, 'UTF8'), 'base64'), E'\n', '')
$$;
comment on function private.escrever_cursor_pontos(text, timestamp) is 'The cursor behind this time.';
revoke all on function private.escrever_cursor_pontos(text, timestamp) from public;
grant execute on function private.escrever_cursor_pontos(text, timestamp) to authenticated, service_role;

create function private.minutos_de(p_agg text) returns integer
language sql immutable parallel safe as $$
  select case p_agg when '1m' then 1 when '5m' then 5 when '1h' then 60 end
$$;
comment on function private.minutos_de(text) is 'Width of the buckets in minutes; null for raw.';
revoke all on function private.minutos_de(text) from public;
grant execute on function private.minutos_de(text) to authenticated, service_role;
