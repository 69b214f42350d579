-- Keyset cursor of the history. Opaque to callers: base64 of 'dtRegistro,cdDispositivo,nrSeq'.

-- Raises PT400 INVALID_PARAMETER for a text that was not handed out.
create function private.ler_cursor(p_texto text) returns private.cursor_historico
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_partes text[];
begin
  if p_texto is null then
    return null;
  end if;
  v_partes := regexp_match(convert_from(decode(p_texto, 'base64'), 'UTF8'),
                           '^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}),(\d{1,10}),(-?\d{1,10})?$');
  if v_partes is null then
    raise data_exception;
  end if;
  return row(v_partes[1]::timestamp, v_partes[2]::integer, v_partes[3]::integer);
exception
  when data_exception then -- of every kind: bad base64, bad UTF-8, a date that is none
    raise sqlstate 'PT400' using message = 'cursor is not one that was handed out', hint = 'INVALID_PARAMETER';
end
$$;
comment on function private.ler_cursor(text) is 'Where a page of history begins; null for the first one.';
revoke all on function private.ler_cursor(text) from public;
grant execute on function private.ler_cursor(text) to authenticated, service_role;

create function private.escrever_cursor(p_linha public."TbPosicao") returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select translate(encode(convert_to(format('%s,%s,%s',
    to_char(p_linha."dtRegistro", 'YYYY-MM-DD HH24:MI:SS.US'), p_linha."cdDispositivo", p_linha."nrSeq"), 'UTF8'),
    'base64'), E'\n', '')
$$;
comment on function private.escrever_cursor(public."TbPosicao") is 'The cursor behind this row.';
revoke all on function private.escrever_cursor(public."TbPosicao") from public;
grant execute on function private.escrever_cursor(public."TbPosicao") to authenticated, service_role;

-- Inlined: no SET clause.
create function private.atras_do_cursor(p_dt timestamp, p_cd_dispositivo integer, p_seq integer,
                                        p_cursor private.cursor_historico) returns boolean
language sql immutable parallel safe as $$
  select p_dt < p_cursor."dtRegistro" or p_dt = p_cursor."dtRegistro" and (
    p_cd_dispositivo < p_cursor."cdDispositivo"
    or p_cd_dispositivo = p_cursor."cdDispositivo"
      and (p_seq < p_cursor."nrSeq" or p_seq is null and p_cursor."nrSeq" is not null))
$$;
comment on function private.atras_do_cursor(timestamp, integer, integer, private.cursor_historico) is
  'The row comes behind the cursor, newest first.';
revoke all on function private.atras_do_cursor(timestamp, integer, integer, private.cursor_historico) from public;
grant execute on function private.atras_do_cursor(timestamp, integer, integer, private.cursor_historico)
  to authenticated, service_role;
