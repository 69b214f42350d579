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
