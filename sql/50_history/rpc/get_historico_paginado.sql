-- History of devices, newest first, with what their sensors read: {data, total, page, pageSize, nextCursor}.
-- p_cd_cliente          owner at receipt (null or 0: every visible one)
-- p_cd_dispositivo, p_cd_dispositivos   one device (0: all), or several
-- p_dt_registro_comeco, p_dt_registro_fim   both ends included
-- p_page, p_page_size   pages from 1, of 1 to 1,000 rows;  p_cursor  nextCursor of the page before: goes before p_page
-- Reports outside the measuring window of their device are left out and not counted; total is exact. A cursor stays where
-- it is while data arrives; page numbers shift.
-- Who: callers with the permission read; row-level security decides which rows. Raises PT400 INVALID_PARAMETER.
create function public.get_historico_paginado(p_cd_cliente integer default null, p_cd_dispositivo integer default null,
  p_cd_dispositivos integer[] default null, p_dt_registro_comeco timestamptz default null,
  p_dt_registro_fim timestamptz default null, p_page integer default 1, p_page_size integer default 50,
  p_cursor text default null) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_client integer := nullif(p_cd_cliente, 0);
  v_cursor private.history_cursor;
  v_since timestamp := coalesce(p_dt_registro_comeco at time zone 'UTC', '-infinity');
  v_until timestamp := coalesce(p_dt_registro_fim at time zone 'UTC', 'infinity');
  v_targets private.history_target[];
  v_page public."TbPosicao"[];
begin
  perform private.require_permission('read');
  if not coalesce(p_page >= 1 and p_page_size between 1 and 1000, false) then
    raise sqlstate 'PT400' using message = 'page begins at 1, pageSize is 1 to 1000', hint = 'INVALID_PARAMETER';
  end if;
  v_cursor := private.read_history_cursor(p_cursor);
  v_targets := private.history_targets(v_client, p_cd_dispositivo, p_cd_dispositivos);
  v_page := private.history_page(v_targets, v_client, v_since, v_until, v_cursor,
    case when p_cursor is null then (p_page - 1)::bigint * p_page_size else 0 end, p_page_size + 1);
  return jsonb_build_object(
    'data', private.history_rows(v_page[:p_page_size]),
    'total', private.count_history(v_targets, v_client, v_since, v_until),
    'page', p_page, 'pageSize', p_page_size,
    'nextCursor', case when cardinality(v_page) > p_page_size then private.write_history_cursor(v_page[p_page_size]) end);
end
$$;
comment on function public.get_historico_paginado is 'History of devices in pages, newest first, with exact total and a stable cursor.';
revoke all on function public.get_historico_paginado from public;
grant execute on function public.get_historico_paginado to authenticated, service_role;
