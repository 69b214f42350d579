-- The track of a device, ascending: {cdDispositivo, data: [{ts, lat, long, nrPrecisao}], complete,
-- nextCursor}, without positions that have no coordinates; nrPrecisao is metres, null when not stated;
-- complete is false where packed history of that time is damaged and left out.
-- p_dt_inicio, p_dt_fim  both ends included;  p_page_size  points per page, 1 to 1,000
-- p_cursor               nextCursor of the previous page: client, time and nrSeq of its last point
-- p_exigir               true: PT404 NOT_FOUND for a device that is unknown or not visible
-- Who: callers with the permission read; row-level security decides which positions. Raises PT400
-- INVALID_PARAMETER.
create function public.get_trajeto(p_cd_dispositivo integer, p_dt_inicio timestamptz, p_dt_fim timestamptz,
  p_page_size integer default 1000, p_cursor text default null,
  p_exigir boolean default false) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_key text[] := private.read_cursor(
    p_cursor, '^(?:(\d{1,10}),)?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?),(-?\d{1,16})?$', 3);
  v_after timestamp := v_key[2]::timestamp;
  v_seq bigint := v_key[3]::bigint;
  v_client integer := v_key[1]::integer;
  v_since timestamp := greatest(p_dt_inicio at time zone 'UTC', v_after);
  v_until timestamp := private.after(p_dt_fim at time zone 'UTC');
begin
  perform private.require_permission('read');
  perform private.require_page(p_page_size);
  if p_exigir then
    perform private.require_found(
      cardinality(private.history_targets(null, p_cd_dispositivo, null)) > 0, 'device');
  end if;
  return (
    with point as materialized (
      select p."dtRegistro", p."nrSeq", p."cdCliente", p."dsLat", p."dsLong", p."nrPrecisao",
             row_number() over (order by p."dtRegistro", p."nrSeq" nulls first, p."cdCliente") as n
      from (
        (select r.* from private.position_rows() r
         where r."cdDispositivo" = p_cd_dispositivo and r."dtRegistro" >= v_since
           and r."dtRegistro" < v_until and r."dsLat" is not null
           and (v_after is null or r."dtRegistro" > v_after
                or r."nrSeq" is not null and (v_seq is null or r."nrSeq" > v_seq)
                or r."nrSeq" is not distinct from v_seq and r."cdCliente" > v_client)
         order by r."dtRegistro", r."nrSeq" nulls first, r."cdCliente" limit p_page_size + 1)
        union all
        (select f.* from private.packed_positions(p_cd_dispositivo, v_since, v_until) f
         where f."dsLat" is not null
           and (v_after is null or f."dtRegistro" > v_after
                or f."nrSeq" is not null and (v_seq is null or f."nrSeq" > v_seq)
                or f."nrSeq" is not distinct from v_seq and f."cdCliente" > v_client)
         order by f."dtRegistro", f."nrSeq" nulls first, f."cdCliente" limit p_page_size + 1)
      ) p
      order by p."dtRegistro", p."nrSeq" nulls first, p."cdCliente"
      limit p_page_size + 1
    )
    select json_build_object('cdDispositivo', p_cd_dispositivo,
      'data', (
        select coalesce(json_agg(json_build_object('ts', p."dtRegistro", 'lat', p."dsLat", 'long', p."dsLong",
                                                   'nrPrecisao', p."nrPrecisao")
                                 order by p.n), '[]')
        from point p where p.n <= p_page_size),
      'complete', not private.is_damaged_history(
        array[p_cd_dispositivo], null, v_since, v_until, p_values => false),
      'nextCursor', (
        select private.write_cursor(array[p."cdCliente"::text, p."dtRegistro"::text, p."nrSeq"::text])
        from point p where p.n = p_page_size and exists (select from point m where m.n > p_page_size))));
end
$$;
comment on function public.get_trajeto is 'The track of a device, in pages.';
revoke all on function public.get_trajeto from public;
grant execute on function public.get_trajeto to authenticated, service_role;
