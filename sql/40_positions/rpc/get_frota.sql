-- Current positions in pages by device: {data, nextCursor, nextDesde}, with rows of VwTbPosicaoAtual.
-- p_cd_cliente, p_cd_produto, p_cd_dispositivos   only these; null: all
-- p_area       only devices in that area (private.devices_in_area)
-- p_desde      nextDesde of the answer before: what changed since, whatever was committed late
-- p_apos       what changed after this instant, by the time of the change, not of its commit
-- p_page_size  rows per page, 1 to 1,000
-- p_cursor     nextCursor of the previous page
-- p_geojson    as a GeoJSON FeatureCollection (RFC 7946), without devices whose coordinates are not known;
--              nextCursor and nextDesde are foreign members
-- nextDesde comes with the last page and is the horizon of the first (private.change_horizon): an old open
-- transaction may repeat rows, but never loses one. The time beside it is for databases restored elsewhere,
-- which count transactions anew.
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 INVALID_AREA, INVALID_PARAMETER.
create function public.get_frota(
  p_cd_cliente integer default null, p_cd_produto integer default null,
  p_cd_dispositivos integer[] default null, p_area jsonb default null, p_desde text default null,
  p_apos timestamptz default null, p_page_size integer default 1000, p_cursor text default null,
  p_geojson boolean default false) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_horizon text := '(\d{1,19}),(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6})$';
  v_key text[] := private.read_cursor(p_cursor, '^(\d{1,10}),' || v_horizon, 2);
  v_since text[] := private.read_cursor(p_desde, '^' || v_horizon, 1, 'desde');
  v_after integer := v_key[1]::integer;
  v_oldest xid8 := v_since[1]::xid8;
  v_moment timestamptz := (v_since[2] || 'Z')::timestamptz;
begin
  perform private.require_permission('read');
  perform private.require_few('cdDispositivos', p_cd_dispositivos);
  perform private.require_small(p_area);
  perform private.require_page(p_page_size);
  v_key := coalesce(v_key[2:3], array[
    private.change_horizon()::text,
    to_char(statement_timestamp() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')]);
  return (
    with entry as materialized (
      select case when p_geojson then json_build_object(
               'type', 'Feature', 'id', v."cdDispositivo", 'geometry', json_build_object(
                 'type', 'Point', 'coordinates', json_build_array(v."dsLong", v."dsLat")),
               'properties', to_jsonb(v) - '{dsLat,dsLong}'::text[]) else row_to_json(v) end as entry,
             v."cdDispositivo" as code, row_number() over (order by v."cdDispositivo") as n
      from public."VwTbPosicaoAtual" v
      where (v_after is null or v."cdDispositivo" > v_after)
        and (p_cd_cliente is null or v."cdCliente" = p_cd_cliente)
        and (p_cd_produto is null or v."cdProduto" = p_cd_produto)
        and (p_cd_dispositivos is null or v."cdDispositivo" = any (p_cd_dispositivos))
        and (p_apos is null or v."dtAlteracao" > p_apos)
        and (v_oldest is null or v."dtAlteracao" > v_moment
             or v."cdDispositivo" in (select private.changed_devices(v_oldest)))
        and (p_area is null or v."cdDispositivo" in (select private.devices_in_area(p_area)))
        and (not p_geojson or v."dsLat" is not null)
      order by v."cdDispositivo" limit p_page_size + 1
    ), page as (
      select coalesce(json_agg(e.entry order by e.n) filter (where e.n <= p_page_size), '[]') as data,
             max(e.code) filter (where e.n = p_page_size) as last_code, count(*) > p_page_size as more
      from entry e
    ), way_on as (
      select g.data,
             case when g.more then private.write_cursor(g.last_code::text || v_key) end as next_cursor,
             case when not g.more then private.write_cursor(v_key) end as next_since
      from page g
    )
    select case when p_geojson
      then json_build_object('type', 'FeatureCollection', 'features', w.data,
                             'nextCursor', w.next_cursor, 'nextDesde', w.next_since)
      else json_build_object('data', w.data, 'nextCursor', w.next_cursor, 'nextDesde', w.next_since) end
    from way_on w);
end
$$;
comment on function public.get_frota is
  'Current positions in pages, and where to go on for what changes later.';
revoke all on function public.get_frota from public;
grant execute on function public.get_frota to authenticated, service_role;
