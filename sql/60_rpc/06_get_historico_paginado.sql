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
  v_cliente integer := nullif(p_cd_cliente, 0);
  v_cursor private.cursor_historico;
  v_de timestamp := coalesce(p_dt_registro_comeco at time zone 'UTC', '-infinity');
  v_ate timestamp := coalesce(p_dt_registro_fim at time zone 'UTC', 'infinity');
  v_alvos private.alvo_historico[];
  v_pagina public."TbPosicao"[];
begin
  perform private.exigir('read');
  if not coalesce(p_page >= 1 and p_page_size between 1 and 1000, false) then
    raise sqlstate 'PT400' using message = 'page begins at 1, pageSize is 1 to 1000', hint = 'INVALID_PARAMETER';
  end if;
  v_cursor := private.ler_cursor(p_cursor);
  v_alvos := private.alvos_do_historico(v_cliente, p_cd_dispositivo, p_cd_dispositivos);
  v_pagina := private.pagina_do_historico(v_alvos, v_cliente, v_de, v_ate, v_cursor,
    case when p_cursor is null then (p_page - 1)::bigint * p_page_size else 0 end, p_page_size + 1);
  return jsonb_build_object(
    'data', private.linhas_do_historico(v_pagina[:p_page_size]),
    'total', private.contar_historico(v_alvos, v_cliente, v_de, v_ate),
    'page', p_page, 'pageSize', p_page_size,
    'nextCursor', case when cardinality(v_pagina) > p_page_size then private.escrever_cursor(v_pagina[p_page_size]) end);
end
$$;
comment on function public.get_historico_paginado(integer, integer, integer[], timestamptz, timestamptz, integer, integer,
  text) is 'History of devices in pages, newest first, with exact total and a stable cursor.';
revoke all on function public.get_historico_paginado(integer, integer, integer[], timestamptz, timestamptz, integer, integer,
  text) from public;
grant execute on function public.get_historico_paginado(integer, integer, integer[], timestamptz, timestamptz, integer, integer,
  text) to authenticated, service_role;
