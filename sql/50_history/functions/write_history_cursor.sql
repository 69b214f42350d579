create function private.write_history_cursor(p_row public."TbPosicao") returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select translate(encode(convert_to(format('%s,%s,%s',
    to_char(p_row."dtRegistro", 'YYYY-MM-DD HH24:MI:SS.US'), p_row."cdDispositivo", p_row."nrSeq"), 'UTF8'),
    'base64'), E'\n', '')
$$;
comment on function private.write_history_cursor is 'The cursor behind this row.';
revoke all on function private.write_history_cursor from public;
grant execute on function private.write_history_cursor to authenticated, service_role;
