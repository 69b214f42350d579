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
