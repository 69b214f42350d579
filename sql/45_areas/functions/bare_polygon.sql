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
