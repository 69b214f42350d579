-- The way of a device, ascending: {cdDispositivo, data: [{ts, lat, long}], nextCursor}. Reports without coordinates are left out.
-- p_dt_inicio, p_dt_fim  both ends included;  p_page_size  points a page, 1 to 1,000;  p_cursor  nextCursor of the page before
-- Who: callers with the permission read; row-level security decides which reports. Raises PT400 INVALID_PARAMETER.
create function public.get_trajeto(p_cd_dispositivo integer, p_dt_inicio timestamptz, p_dt_fim timestamptz,
                                   p_page_size integer default 1000, p_cursor text default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_cursor record := private.read_track_cursor(p_cursor);
begin
  perform private.require_permission('read');
  perform private.require_page(p_page_size);
  return (
    with point as materialized (
      select p."dtRegistro", p."nrSeq", p."dsLat", p."dsLong", row_number() over (order by p."dtRegistro", p."nrSeq" nulls first) as n
      from public."TbPosicao" p
      where p."cdDispositivo" = p_cd_dispositivo and p."dsLat" is not null
        and p."dtRegistro" >= greatest(p_dt_inicio at time zone 'UTC', v_cursor.after_time) and p."dtRegistro" <= p_dt_fim at time zone 'UTC'
        and (v_cursor.after_time is null or p."dtRegistro" > v_cursor.after_time
             or p."nrSeq" is not null and (v_cursor.seq is null or p."nrSeq" > v_cursor.seq))
      order by p."dtRegistro", p."nrSeq" nulls first
      limit p_page_size + 1
    )
    select json_build_object('cdDispositivo', p_cd_dispositivo,
      'data', (select coalesce(json_agg(json_build_object('ts', p."dtRegistro", 'lat', p."dsLat", 'long', p."dsLong") order by p.n), '[]')
               from point p where p.n <= p_page_size),
      'nextCursor', (select translate(encode(convert_to(p."dtRegistro" || ',' || coalesce(p."nrSeq"::text, ''), 'UTF8'), 'base64'), E'\n', '')
                     from point p where p.n = p_page_size and exists (select from point m where m.n > p_page_size))));
end
$$;
comment on function public.get_trajeto is 'The way of a device, in pages.';
revoke all on function public.get_trajeto from public;
grant execute on function public.get_trajeto to authenticated, service_role;
