-- Current positions in one call, also by area; geofences are checked.

set lock_timeout = '5s';
set statement_timeout = '5min';
set check_function_bodies = off;

-- from sql/45_areas/functions
-- The geometry in a GeoJSON Feature, or in a FeatureCollection of one; other GeoJSON as it is. A crs that
-- says what is true of all GeoJSON (RFC 7946, 4: WGS 84, longitude first) is left out, another one stays;
-- SIRGAS 2000 (EPSG:4674), in which Brazilian maps are drawn, is the same to less than a metre. Rings are
-- closed (private.close_rings).
create function private.bare_polygon(p_geojson jsonb) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case
    when g.geometry ->> 'type' is not null and exists (
      select from unnest(array[p_geojson, f.feature, g.geometry]) o
      where jsonb_typeof(o -> 'crs') <> 'null' and coalesce(o #>> '{crs,properties,name}', '') !~* concat(
        '^(urn:(x-)?ogc:def:crs:(ogc:[0-9.]*:crs84|epsg:[0-9.]*:(4326|4674))',
        '|(epsg:)?(4326|4674)|(ogc:)?crs84',
        '|https?://www\.opengis\.net/def/crs/(ogc/[0-9.]+/crs84|epsg/[0-9.]+/(4326|4674)))$')
      ) then g.geometry || '{"crs": "another"}'
    when jsonb_typeof(g.geometry) = 'object' then g.geometry - 'crs'
  end
  from (
    select case when p_geojson ->> 'type' = 'FeatureCollection'
                  and jsonb_path_exists(p_geojson, 'strict $.features ? (@.size() == 1)', silent => true)
                then p_geojson #> '{features,0}' else p_geojson end as feature
  ) f
  cross join lateral (
    select private.close_rings(case when f.feature ->> 'type' = 'Feature' then f.feature -> 'geometry'
                                    else f.feature end) as geometry
  ) g
$$;
comment on function private.bare_polygon is 'The geometry of GeoJSON that holds one polygon, by itself.';
revoke all on function private.bare_polygon from public;
-- Checks circulo, caixa and poligono of an area as private.devices_in_area does, for the stream, which
-- compares positions in its memory. Returns the polygon (WKB as hex); null where there is none.
-- Security definer: what it calls is not for the application's login. It reads nothing.
-- Who may call it: that login. Raises PT400 INVALID_AREA, PT413 TOO_LARGE.
create function private.check_area(p_area jsonb) returns text
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_small(p_area);
  if p_area ? 'circulo' then
    perform private.read_circle(p_area);
  end if;
  if p_area ? 'caixa' then
    perform private.read_box(p_area);
  end if;
  return case when p_area ? 'poligono'
    then encode(extensions.st_asbinary(private.read_polygon(p_area)), 'hex') end;
end
$$;
comment on function private.check_area is 'Raises an error for an area that is not one; returns its polygon.';
revoke all on function private.check_area from public;
grant execute on function private.check_area to rastro_api, rastro_api_2;
-- A geofence must be a polygon that points can be compared with, and is stored as private.plain_geofence
-- makes it. Trigger function of TbDestinatario.
-- Security definer: whoever may write a site may have its geofence checked, without rights on the helpers.
-- Raises PT400 INVALID_FENCE.
create function private.check_geofence() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_error text := private.polygon_error(new."dsCerca");
begin
  if v_error is not null then
    raise sqlstate 'PT400' using message = format('dsCerca: %s', v_error), hint = 'INVALID_FENCE';
  end if;
  new."dsCerca" := private.plain_geofence(new."dsCerca");
  return new;
end
$$;
comment on function private.check_geofence is
  'Rejects a geofence that is not a valid polygon; stores it as a bare geometry.';
revoke all on function private.check_geofence from public;
-- A JSON null means that the site has no geofence; it is stored as an SQL null. Trigger function of
-- TbDestinatario.
create function private.clear_geofence() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new."dsCerca" := null;
  return new;
end
$$;
comment on function private.clear_geofence is 'Stores a geofence given as JSON null as SQL null.';
revoke all on function private.clear_geofence from public;
-- One ring with its first point at the end, if it has three different points and ends elsewhere. Part of
-- private.close_rings.
create function private.close_ring(p_ring jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  if jsonb_typeof(p_ring) <> 'array' or jsonb_array_length(p_ring) < 3
     or (p_ring #> '{0,0}', p_ring #> '{0,1}') is not distinct from (p_ring #> '{-1,0}', p_ring #> '{-1,1}')
     or (select count(distinct e) from jsonb_array_elements(p_ring) e) < 3 then
    return p_ring;
  end if;
  return p_ring || jsonb_build_array(p_ring -> 0);
end
$$;
comment on function private.close_ring is 'A ring of a polygon that ends where it begins.';
revoke all on function private.close_ring from public;
-- A GeoJSON polygon whose rings end where they begin. RFC 7946 wants this to be written (3.1.6), and many
-- programs leave it out; of three points or more, what is meant is plain. Other rings, and what is not a
-- polygon, stay as they are: private.polygon_error says what is wrong with them.
create function private.close_rings(p_geometry jsonb) returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_path text := case p_geometry ->> 'type' when 'Polygon' then 'strict $.coordinates[*]'
                                            when 'MultiPolygon' then 'strict $.coordinates[*][*]' end;
begin
  if v_path is null or not exists (
       select from jsonb_path_query(p_geometry, v_path::jsonpath, silent => true) r (ring)
       where private.close_ring(r.ring) <> r.ring) then
    return p_geometry;
  elsif p_geometry ->> 'type' = 'Polygon' then
    return p_geometry || jsonb_build_object('coordinates', (
      select jsonb_agg(private.close_ring(r.e) order by r.n)
      from jsonb_array_elements(p_geometry -> 'coordinates') with ordinality r (e, n)));
  end if;
  return p_geometry || jsonb_build_object('coordinates', (
    select jsonb_agg(case when jsonb_typeof(p.e) = 'array' then (
             select coalesce(jsonb_agg(private.close_ring(r.e) order by r.n), '[]')
             from jsonb_array_elements(p.e) with ordinality r (e, n)) else p.e end order by p.n)
    from jsonb_array_elements(p_geometry -> 'coordinates') with ordinality p (e, n)));
end
$$;
comment on function private.close_rings is 'A GeoJSON polygon with closed rings.';
revoke all on function private.close_rings from public;
-- Whether a ring takes the short way across 180°: from one vertex to the next the longitude changes by more
-- than 180°. An edge between -180 and 180 itself does not cross; the whole world has such edges.
create function private.crosses_180(p_polygon extensions.geometry) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(bool_or(abs(v.x - v.previous) > 180 and (abs(v.x) < 180 or abs(v.previous) < 180)), false)
  from (
    select extensions.st_x(d.geom) as x,
           lag(extensions.st_x(d.geom)) over (
             partition by d.path[:cardinality(d.path) - 1]
             order by d.path[cardinality(d.path)]) as previous
    from extensions.st_dumppoints(p_polygon) d
  ) v
$$;
comment on function private.crosses_180 is
  'Whether an edge of a polygon crosses the meridian of 180 degrees.';
revoke all on function private.crosses_180 from public;
-- Compares the current position of each device with the geofence that its site has now. One distance per
-- device: using the spatial index once per geofence was not faster. Called by private.devices_in_area.
-- p_outside   true: devices outside their geofence; false: devices inside it
create function private.devices_by_geofence(p_devices integer[], p_outside boolean) returns setof integer
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
begin
  return query
    select pa."cdDispositivo"
    from public."TbPosicaoAtual" pa
    cross join lateral ( -- by their keys, one by one: see private.devices_in_polygon
      select o."cdCliente", o."cdDestinatario" from public."TbDispositivo" o
      where o."cdDispositivo" = pa."cdDispositivo" offset 0
    ) d
    join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
    left join public."TbEndereco" a on a."cdEndereco" = t."cdEndereco"
    where pa."cdDispositivo" = any (p_devices) and d."cdCliente" = pa."cdCliente"
      and private.is_inside_geofence(
        t."geoCerca", t."nrRaio", extensions.st_distance(a."geoPonto", pa."geoPonto"),
        pa."dsLong", pa."dsLat", pa."nrPrecisao") <> p_outside;
end
$$;
comment on function private.devices_by_geofence is
  'Devices outside or inside the geofence of their site; devices without a geofence are in neither list.';
revoke all on function private.devices_by_geofence from public;
-- The rule of every filter by area: {"circulo": …, "caixa": …, "poligono": …, "fora": true or false}.
-- Conditions combine with AND; fora compares with the geofence of the device's site
-- (private.devices_by_geofence).
-- Security definer: the spatial operators are not leakproof, so under row-level security no spatial index
-- would be used. The function compares the clients itself, and its callers read the rows under the policies
-- again.
-- Who may call it: every API role. Raises PT400 INVALID_AREA.
create function private.devices_in_area(p_area jsonb) returns setof integer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set plan_cache_mode = force_custom_plan as $$
declare
  v_clients integer[] := private.visible_clients();
  v_found integer[]; -- null: anywhere
begin
  if jsonb_typeof(p_area) <> 'object' or p_area - '{circulo,caixa,poligono,fora}'::text[] <> '{}' then
    raise sqlstate 'PT400' using hint = 'INVALID_AREA',
      message = 'An area has the fields circulo, caixa, poligono and fora';
  end if;
  if p_area ? 'circulo' then
    v_found := array(select private.devices_in_circle(private.read_circle(p_area)));
  end if;
  if p_area ? 'caixa' then
    v_found := array(
      select d from private.devices_in_polygon(private.read_box(p_area)) d
      where v_found is null or d = any (v_found));
  end if;
  if p_area ? 'poligono' then
    v_found := array(
      select d from private.devices_in_polygon(private.read_polygon(p_area)) d
      where v_found is null or d = any (v_found));
  end if;
  v_found := array(
    select pa."cdDispositivo" from public."TbPosicaoAtual" pa
    where (pa."cdCliente" = any (v_clients) or private.is_service())
      and (v_found is null or pa."cdDispositivo" = any (v_found))
      and pa."cdCliente" = (
        select d."cdCliente" from public."TbDispositivo" d where d."cdDispositivo" = pa."cdDispositivo"));
  return query
    select d from unnest(v_found) d where not p_area ? 'fora'
    union all
    select private.devices_by_geofence(v_found, (p_area -> 'fora')::boolean) where p_area ? 'fora';
end
$$;
comment on function private.devices_in_area is
  'Devices of the caller''s clients that are in an area, or outside their geofence.';
revoke all on function private.devices_in_area from public;
grant execute on function private.devices_in_area to authenticated, service_role;
-- Devices by their current position under their present owner. As private.devices_in_polygon.
-- p_circle   latitude, longitude, radius in metres, as private.read_area_numbers returns them
create function private.devices_in_circle(p_circle double precision[]) returns setof integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  select pa."cdDispositivo" from public."TbPosicaoAtual" pa
  where extensions.st_dwithin(
    pa."geoPonto",
    extensions.st_setsrid(extensions.st_makepoint(p_circle[2], p_circle[1]), 4326)::extensions.geography,
    p_circle[3])
    and pa."cdCliente" = (
      select d."cdCliente" from public."TbDispositivo" d where d."cdDispositivo" = pa."cdDispositivo")
$$;
comment on function private.devices_in_circle is 'Devices in a circle: latitude, longitude, metres.';
revoke all on function private.devices_in_circle from public;
-- The index compares distances on the ellipsoid, but polygons are planar. So the index finds candidates in a
-- generous circle around the polygon, and the polygon decides. Edges are segmentized because the radius is
-- measured to their ends.
-- The owner is looked up by its key, one by one: a join would be planned for the one row that is expected.
-- st_dwithin: see private.is_inside_geofence. Called by private.devices_in_area.
create function private.devices_in_polygon(p_polygon extensions.geometry) returns setof integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_centre extensions.geography :=
    extensions.st_centroid(extensions.st_envelope(p_polygon))::extensions.geography;
  v_radius double precision;
begin
  select max(extensions.st_distance(v_centre, d.geom::extensions.geography)) * 1.01 + 1000 into v_radius
  from extensions.st_dumppoints(extensions.st_segmentize(p_polygon, 1)) d;
  return query
    select pa."cdDispositivo" from public."TbPosicaoAtual" pa
    where extensions.st_dwithin(pa."geoPonto", v_centre, v_radius)
      and pa."cdCliente" = (
        select d."cdCliente" from public."TbDispositivo" d where d."cdDispositivo" = pa."cdDispositivo")
      and (extensions.st_dwithin(p_polygon, pa."geoPonto"::extensions.geometry, 0)
        or abs(pa."dsLong") = 180 and extensions.st_dwithin(p_polygon, extensions.st_setsrid(
          extensions.st_makepoint(-pa."dsLong", pa."dsLat"), 4326), 0));
end
$$;
comment on function private.devices_in_polygon is 'Devices that are in a polygon or on its edge.';
revoke all on function private.devices_in_polygon from public;
-- A geofence is a polygon where the site has one, otherwise the circle of p_radius metres around the site's
-- address. Null when the geofence or the coordinates are missing. A point on the edge is inside, and so is a
-- point that may be: its distance from the geofence is at most its precision. The cost of a point without
-- precision is that of one look at every vertex, whatever the polygon: st_covers and st_intersects build an
-- index of the edges for the polygon they met twice, and that takes fifty times as long where many edges are
-- side by side. -180 and 180 degrees are one meridian. Without SET clause, to be inlined.
-- p_distance    metres from the point to the site's address
-- p_precision   metres; null is 0
create function private.is_inside_geofence(p_geofence extensions.geometry, p_radius double precision,
  p_distance double precision, p_long double precision, p_lat double precision,
  p_precision real default null) returns boolean
language sql immutable parallel safe as $$
  select case
    when p_geofence is null then p_distance - coalesce(p_precision, 0) <= p_radius
    when p_geofence
           operator(extensions.&&) extensions.st_setsrid(extensions.st_makepoint(p_long, p_lat), 4326)
      and extensions.st_dwithin(
        p_geofence, extensions.st_setsrid(extensions.st_makepoint(p_long, p_lat), 4326), 0) then true
    when abs(p_long) = 180 and extensions.st_dwithin(
      p_geofence, extensions.st_setsrid(extensions.st_makepoint(-p_long, p_lat), 4326), 0) then true
    when p_precision > 0 then extensions.st_dwithin(
      p_geofence::extensions.geography,
      extensions.st_setsrid(extensions.st_makepoint(p_long, p_lat), 4326)::extensions.geography,
      p_precision)
    else p_long + p_lat is null and null
  end
$$;
comment on function private.is_inside_geofence is 'Whether a point is inside the geofence of its site.';
revoke all on function private.is_inside_geofence from public;
-- A polygon of private.bare_polygon as geometry: without altitudes, cut at 180° where it crosses that (RFC
-- 7946, 3.1.9), and parts that overlap or share an edge are one. Raises what the parser raises.
create function private.make_polygon(p_geojson jsonb) returns extensions.geometry
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_polygon extensions.geometry := extensions.st_force2d(extensions.st_geomfromgeojson(p_geojson));
begin
  if private.crosses_180(v_polygon) then
    v_polygon := (
      select extensions.st_collectionextract(extensions.st_collect(
        case when private.crosses_180(d.geom)
          then extensions.st_wrapx(extensions.st_shiftlongitude(d.geom), 180, -360)
          else d.geom end), 3)
      from extensions.st_dump(v_polygon) d);
  end if;
  if extensions.st_numgeometries(v_polygon) > 1 and not extensions.st_isvalid(v_polygon)
     and (select bool_and(extensions.st_isvalid(d.geom)) from extensions.st_dump(v_polygon) d) then
    return extensions.st_unaryunion(v_polygon);
  end if;
  return v_polygon;
end
$$;
comment on function private.make_polygon is 'A GeoJSON polygon as geometry that points can be compared with.';
revoke all on function private.make_polygon from public;
-- A geofence as it is stored: a bare GeoJSON geometry of two dimensions, which private.make_polygon leaves
-- as it is. What is not valid is returned as it came; the trigger TbDestinatario_cerca refuses it.
-- Security definer: callers have no rights on the helpers.
-- Who may call it: the API roles, for criar_cadastro and criar_cadastros.
create function private.plain_geofence(p_geojson jsonb) returns jsonb
language plpgsql immutable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_bare jsonb := private.bare_polygon(p_geojson);
  v_polygon extensions.geometry;
begin
  if private.polygon_error(p_geojson) is not null then
    return p_geojson;
  end if;
  v_polygon := private.make_polygon(v_bare);
  if extensions.st_asbinary(v_polygon)
     = extensions.st_asbinary(extensions.st_geomfromgeojson(v_bare)) then
    return v_bare;
  end if;
  return extensions.st_asgeojson(v_polygon, 15, 0)::jsonb;
end
$$;
comment on function private.plain_geofence is 'A geofence as a bare polygon, cut at 180 degrees.';
revoke all on function private.plain_geofence from public;
grant execute on function private.plain_geofence to authenticated, service_role;
-- A valid polygon is a GeoJSON Polygon or MultiPolygon, by itself or as the one Feature, of rings in
-- degrees (WGS 84) that do not cross themselves, of at most 64 KiB (the geometry, without spaces) and 5,000
-- vertices. Returns the error in plain English, null for a valid one.
create function private.polygon_error(p_geojson jsonb) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_bare jsonb := private.bare_polygon(p_geojson);
  v_bytes integer := octet_length(replace(replace(v_bare::text, ', ', ','), '": ', '":'));
  v_polygon extensions.geometry;
begin
  if v_bare ->> 'type' is null or v_bare ->> 'type' not in ('Polygon', 'MultiPolygon') then
    return 'it must be a GeoJSON geometry of the type Polygon or MultiPolygon, or one Feature with it';
  elsif v_bytes > 65536 then
    return format('its geometry has %s bytes without spaces; the limit is 65536', v_bytes);
  elsif v_bare ? 'crs' then
    return 'its coordinates must be WGS 84, without another crs';
  elsif jsonb_path_exists(v_bare, '$.coordinates.** ? (@.type() != "array" && @.type() != "number")') then
    return 'its coordinates must be numbers'; -- the parser would read texts as 0
  end if;
  v_polygon := extensions.st_geomfromgeojson(v_bare);
  return case
    when extensions.st_isempty(v_polygon) then 'it is empty'
    when extensions.st_npoints(v_polygon) > 5000
      then format('it has %s vertices; the limit is 5000', extensions.st_npoints(v_polygon))
    when not (extensions.st_xmin(v_polygon) >= -180 and extensions.st_xmax(v_polygon) <= 180
              and extensions.st_ymin(v_polygon) >= -90 and extensions.st_ymax(v_polygon) <= 90)
      then 'longitude is -180 to 180, latitude -90 to 90'
    else nullif(extensions.st_isvalidreason(private.make_polygon(v_bare)), 'Valid Geometry')
  end;
exception when internal_error or invalid_parameter_value or data_exception then -- raised by the parser
  return 'its coordinates must be rings of three or more pairs of longitude and latitude';
end
$$;
comment on function private.polygon_error is 'Why a GeoJSON polygon is not valid; null for a valid one.';
revoke all on function private.polygon_error from public;
-- The numbers of one field of an area, {"circulo": [lat, long, metres]} or {"caixa": [south, west, north,
-- east]}, each checked against its limits. Raises PT400 INVALID_AREA.
-- p_labels, p_since, p_until   name, least and greatest value of each number
create function private.read_area_numbers(p_area jsonb, p_name text, p_labels text[],
  p_since double precision[], p_until double precision[]) returns double precision[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_given jsonb := case when jsonb_typeof(p_area -> p_name) = 'array' then p_area -> p_name else '[]' end;
  v_numbers double precision[] := array(
    select case when jsonb_typeof(n) = 'number' then n::double precision end
    from jsonb_array_elements(v_given) n);
begin
  if cardinality(v_numbers) <> cardinality(p_since)
     or exists (select from unnest(v_numbers, p_since, p_until) as x(n, since, until)
                where n is null or not n between since and until) then
    raise sqlstate 'PT400' using hint = 'INVALID_AREA', message = format('%s is %s', p_name, (
      select string_agg(format('%s (%s to %s)', labels, since, until), ', ')
      from unnest(p_labels, p_since, p_until) as x(labels, since, until)));
  end if;
  return v_numbers;
end
$$;
comment on function private.read_area_numbers is
  'The numbers that describe an area, checked against their limits.';
revoke all on function private.read_area_numbers from public;
-- The field caixa of an area, [south, west, north, east], as a polygon; two polygons when the box crosses the
-- antimeridian, that is when west is greater than east. Raises PT400 INVALID_AREA.
create function private.read_box(p_area jsonb) returns extensions.geometry
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_box double precision[] := private.read_area_numbers(
    p_area, 'caixa', '{south,west,north,east}', '{-90,-180,-90,-180}', '{90,180,90,180}');
begin
  if v_box[1] > v_box[3] then
    raise sqlstate 'PT400' using hint = 'INVALID_AREA',
      message = 'caixa is south, west, north, east: south must not be greater than north';
  end if;
  return case
    when v_box[2] <= v_box[4] then extensions.st_makeenvelope(v_box[2], v_box[1], v_box[4], v_box[3], 4326)
    else extensions.st_collect(
      extensions.st_makeenvelope(v_box[2], v_box[1], 180, v_box[3], 4326),
      extensions.st_makeenvelope(-180, v_box[1], v_box[4], v_box[3], 4326))
  end;
end
$$;
comment on function private.read_box is 'The box of an area, as a polygon.';
revoke all on function private.read_box from public;
-- The field circulo of an area: latitude, longitude, radius in metres; the largest is half the Earth's
-- circumference, and a little. Raises PT400 INVALID_AREA.
create function private.read_circle(p_area jsonb) returns double precision[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select private.read_area_numbers(
    p_area, 'circulo', '{latitude,longitude,metres}', '{-90,-180,0}', '{90,180,20100000}')
$$;
comment on function private.read_circle is 'The circle of an area: latitude, longitude, metres.';
revoke all on function private.read_circle from public;
-- The field poligono of an area, a GeoJSON polygon. Raises PT400 INVALID_AREA.
create function private.read_polygon(p_area jsonb) returns extensions.geometry
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_error text := private.polygon_error(p_area -> 'poligono');
begin
  if v_error is not null then
    raise sqlstate 'PT400' using message = format('poligono: %s', v_error), hint = 'INVALID_AREA';
  end if;
  return private.make_polygon(private.bare_polygon(p_area -> 'poligono'));
end
$$;
comment on function private.read_polygon is 'The polygon of an area.';
revoke all on function private.read_polygon from public;
-- end

-- from sql/45_areas/triggers
create trigger "TbDestinatario_cerca" before insert or update of "dsCerca" on public."TbDestinatario"
  for each row when (new."dsCerca" <> 'null') execute function private.check_geofence();
comment on trigger "TbDestinatario_cerca" on public."TbDestinatario" is 'A geofence must be a valid polygon.';
create trigger "TbDestinatario_sem_cerca" before insert or update of "dsCerca" on public."TbDestinatario"
  for each row when (new."dsCerca" = 'null') execute function private.clear_geofence();
comment on trigger "TbDestinatario_sem_cerca" on public."TbDestinatario" is
  'A geofence given as JSON null is stored as SQL null.';
-- end

-- from sql/40_positions/rpc
-- A ticket that opens one stream as the caller, within 30 seconds: a browser's EventSource cannot send
-- headers, and a credential does not belong in a URL. It says who, never what they may see. Of a
-- caller the latest 20 are valid; it counts as a call of a key.
-- Who: callers with the permission read; not trackers without credentials, and not the service itself.
-- Security definer: API roles may not write tickets.
-- Raises PT403 FORBIDDEN.
create function public.criar_bilhete() returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('read');
  v_ticket text := replace(private.generate_key(), 'rastro_', 'bilhete_');
  v_end timestamptz := date_trunc('seconds', now()) + interval '30 seconds';
begin
  if v_caller."dsTipo" not in ('user', 'key') then
    raise sqlstate 'PT403' using message = 'Only people and API keys may open a stream', hint = 'FORBIDDEN';
  end if;
  delete from private."TbBilhete" b
  where b."dsHash" in (
    select e."dsHash" from private."TbBilhete" e
    where e."dtExpiracao" <= now()
      or e."dsChamador" = v_caller."dsChamador" and e."dsHash" in (
        select m."dsHash" from private."TbBilhete" m where m."dsChamador" = v_caller."dsChamador"
        order by m."dtExpiracao" desc offset 19)
    for update skip locked);
  insert into private."TbBilhete" ("dsHash", "dsChamador", "dtExpiracao")
  values (encode(sha256(convert_to(v_ticket, 'UTF8')), 'hex'), v_caller."dsChamador", v_end);
  return jsonb_build_object(
    'dsBilhete', v_ticket, 'dtExpiracao', to_jsonb(v_end at time zone 'UTC') #>> '{}' || 'Z');
end
$$;
comment on function public.criar_bilhete is 'A ticket that opens one stream.';
revoke all on function public.criar_bilhete from public;
grant execute on function public.criar_bilhete to authenticated, service_role;
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
-- At most 1,000 positions as they are stored: of one device the newest, in that order; of all devices any.
-- p_cd_dispositivo               0: all
-- p_ds_lat, p_ds_long, p_nr_bat  exactly these coordinates (degrees), this voltage; null: any
-- p_dt_inicio, p_dt_fim          both ends included; null: no limit
-- No index knows coordinates and voltages: positions are looked through, device by device, so that those of
-- other clients are not, and a hundred thousand at most.
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 RANGE_TOO_WIDE when a hundred thousand were looked through and more were left: nothing is ever
-- cut silently.
create function public.get_posicoes(
  p_cd_dispositivo integer default 0, p_ds_lat double precision default null,
  p_ds_long double precision default null, p_nr_bat double precision default null,
  p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null
) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_bitmapscan = off set enable_seqscan = off as $$
declare
  v_since timestamp := coalesce(p_dt_inicio at time zone 'UTC', '-infinity');
  v_until timestamp := coalesce(p_dt_fim at time zone 'UTC', 'infinity');
  v_targets private.history_target[];
  v_answer json;
  v_last bigint;
begin
  perform private.require_permission('read');
  v_targets := private.history_targets(null, p_cd_dispositivo, null);
  select json_agg(f.entry), max(f.n)
  into v_answer, v_last
  from (
    select l.entry, l.n
    from (
      select q.entry, (q.entry)."dsLat", (q.entry)."dsLong", (q.entry)."nrBat", row_number() over () as n
      from unnest(v_targets) a
      cross join lateral (
        (select r as entry from private.position_rows() r
         where r."cdDispositivo" = a."cdDispositivo" and r."dtRegistro" between v_since and v_until
         order by r."dtRegistro" desc limit 100001)
        union all
        (select f from private.packed_positions(a."cdDispositivo", v_since, private.after(v_until)) f
         order by f."dtRegistro" desc limit 100001)
      ) q
    ) l
    where l.n > 100000
      or (p_ds_lat is null or l."dsLat" = p_ds_lat) and (p_ds_long is null or l."dsLong" = p_ds_long)
      and (p_nr_bat is null or l."nrBat" = p_nr_bat)
    limit 1000
  ) f;
  if v_last > 100000 then
    raise sqlstate 'PT400' using hint = 'RANGE_TOO_WIDE', message =
      '100000 positions were looked through, and there are more. Name a device, or narrow the range.';
  end if;
  return coalesce(v_answer, '[]');
end
$$;
comment on function public.get_posicoes is
  'Positions as they are stored, at most 1,000.';
revoke all on function public.get_posicoes from public;
grant execute on function public.get_posicoes to authenticated, service_role;
-- Rows of VwTbPosicaoAtual, by device.
-- p_desde  only what changed after that instant
-- p_area   only devices in that area (private.devices_in_area)
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 INVALID_AREA.
create function public.get_posicoes_atuais(
  p_cd_produto integer default null, p_cd_dispositivos integer[] default null,
  p_desde timestamptz default null, p_area jsonb default null
) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_permission('read');
  perform private.require_few('cdDispositivos', p_cd_dispositivos);
  perform private.require_small(p_area);
  return (
    select coalesce(jsonb_agg(to_jsonb(v) order by v."cdDispositivo"), '[]')
    from public."VwTbPosicaoAtual" v
    where (p_cd_produto is null or v."cdProduto" = p_cd_produto)
      and (p_cd_dispositivos is null or v."cdDispositivo" = any (p_cd_dispositivos))
      and (p_desde is null or v."dtAlteracao" > p_desde)
      and (p_area is null or v."cdDispositivo" in (select private.devices_in_area(p_area))));
end
$$;
comment on function public.get_posicoes_atuais is 'Current positions that the caller may see.';
revoke all on function public.get_posicoes_atuais from public;
grant execute on function public.get_posicoes_atuais to authenticated, service_role;
-- Current positions as a GeoJSON FeatureCollection (RFC 7946): a point for each device with known
-- coordinates, with the columns of VwTbPosicaoAtual as properties.
-- p_desde  only what changed after that instant
-- p_area   only devices in that area (private.devices_in_area)
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 INVALID_AREA.
create function public.get_posicoes_geojson(
  p_cd_produto integer default null, p_cd_dispositivos integer[] default null,
  p_desde timestamptz default null, p_area jsonb default null
) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_permission('read');
  perform private.require_few('cdDispositivos', p_cd_dispositivos);
  perform private.require_small(p_area);
  return (
    select json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(json_build_object(
      'type', 'Feature', 'id', v."cdDispositivo",
      'geometry', json_build_object('type', 'Point', 'coordinates', json_build_array(v."dsLong", v."dsLat")),
      'properties', to_jsonb(v) - '{dsLat,dsLong}'::text[]) order by v."cdDispositivo"), '[]'))
    from public."VwTbPosicaoAtual" v
    where v."dsLat" is not null and (p_cd_produto is null or v."cdProduto" = p_cd_produto)
      and (p_cd_dispositivos is null or v."cdDispositivo" = any (p_cd_dispositivos))
      and (p_desde is null or v."dtAlteracao" > p_desde)
      and (p_area is null or v."cdDispositivo" in (select private.devices_in_area(p_area))));
end
$$;
comment on function public.get_posicoes_geojson is 'Current positions as GeoJSON.';
revoke all on function public.get_posicoes_geojson from public;
grant execute on function public.get_posicoes_geojson to authenticated, service_role;
-- end
