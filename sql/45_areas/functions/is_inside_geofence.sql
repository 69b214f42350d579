-- Geofences: a polygon where the site has one, the circle of metres around its address otherwise.
--
-- Null when fence or coordinates are missing. A point on the edge is inside. Inlined: no SET clause.
create function private.is_inside_geofence(p_geofence extensions.geometry, p_radius double precision, p_distance double precision,
                                        p_long double precision, p_lat double precision) returns boolean
language sql immutable parallel safe as $$
  select case when p_geofence is null then p_distance <= p_radius
         else extensions.st_covers(p_geofence, extensions.st_setsrid(extensions.st_makepoint(p_long, p_lat), 4326)) end
$$;
comment on function private.is_inside_geofence is
  'A point is inside the geofence of its site.';
revoke all on function private.is_inside_geofence from public;
