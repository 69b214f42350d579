-- History of devices, newest first, with the values of their sensors: {data, total, page, pageSize,
-- nextCursor, complete}; complete is false where packed history of that time is damaged and left out.
-- p_cd_cliente          owner at receipt (null or 0: every visible one)
-- p_cd_dispositivo, p_cd_dispositivos   one device (0: all), or several
-- p_dt_registro_comeco, p_dt_registro_fim   both ends included
-- p_page, p_page_size   pages from 1, of 1 to 1,000 rows
-- p_cursor              nextCursor of the previous page; replaces p_page
-- p_exigir              true: PT404 NOT_FOUND for one device that is unknown or not visible
-- p_coordenadas         also latitude, longitude, precision (nrPrecisao, metres), battery (nrBat, volts;
--                       nrBatPorcento, of 3.7 V) and blArea of each row
-- Positions outside the measuring window of their device are left out and not counted; the total is exact. A
-- cursor keeps its place while data arrives; page numbers shift.
-- Who: callers with the permission read; row-level security decides which rows. Raises PT400
-- INVALID_PARAMETER.
create function public.get_historico_paginado(p_cd_cliente integer default null,
  p_cd_dispositivo integer default null, p_cd_dispositivos integer[] default null,
  p_dt_registro_comeco timestamptz default null, p_dt_registro_fim timestamptz default null,
  p_page integer default 1, p_page_size integer default 50, p_cursor text default null,
  p_coordenadas boolean default false, p_exigir boolean default false) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_client integer := nullif(p_cd_cliente, 0);
  v_key text[];
  v_cursor private.history_cursor;
  v_since timestamp := coalesce(p_dt_registro_comeco at time zone 'UTC', '-infinity');
  v_until timestamp := coalesce(p_dt_registro_fim at time zone 'UTC', 'infinity');
  v_targets private.history_target[];
  v_page public."TbPosicao"[];
  v_last public."TbPosicao";
begin
  perform private.require_permission('read');
  perform private.require_few('cdDispositivos', p_cd_dispositivos);
  if not coalesce(p_page >= 1 and p_page_size between 1 and 1000, false) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = 'page must be at least 1, pageSize 1 to 1000';
  end if;
  v_key := private.read_cursor(
    p_cursor, '^(?:(\d{1,10}),)?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}),(\d{1,10}),(-?\d{1,16})?$', 4);
  v_cursor := private.make_history_cursor(
    p_time => v_key[2]::timestamp, p_device => v_key[3]::integer, p_seq => v_key[4]::bigint,
    p_client => v_key[1]::integer);
  v_targets := private.history_targets(v_client, p_cd_dispositivo, p_cd_dispositivos);
  if p_exigir and p_cd_dispositivo <> 0 and cardinality(v_targets) = 0 then -- perhaps filtered
    perform private.require_found(
      cardinality(private.history_targets(null, p_cd_dispositivo, null)) > 0, 'device');
  end if;
  v_page := private.history_page(v_targets, v_client, v_since, v_until, v_cursor,
    case when p_cursor is null then (p_page - 1)::bigint * p_page_size else 0 end, p_page_size + 1);
  v_last := v_page[p_page_size];
  return jsonb_build_object(
    'data', private.history_rows(
      v_page[:p_page_size], p_coordinates => coalesce(p_coordenadas, false)),
    'total', private.count_history(v_targets, v_client, v_since, v_until),
    'page', p_page, 'pageSize', p_page_size,
    'complete', not private.is_damaged_history(
      array(select t."cdDispositivo" from unnest(v_targets) t), v_client, v_since, v_until),
    'nextCursor', case when cardinality(v_page) > p_page_size then private.write_cursor(array[
      v_last."cdCliente"::text,
      to_char(v_last."dtRegistro", 'YYYY-MM-DD HH24:MI:SS.US'),
      v_last."cdDispositivo"::text,
      v_last."nrSeq"::text]) end);
end
$$;
comment on function public.get_historico_paginado is
  'History of devices in pages, newest first, with an exact total and a keyset cursor.';
revoke all on function public.get_historico_paginado from public;
grant execute on function public.get_historico_paginado to authenticated, service_role;
