-- Names under which the point of a longer name may be registered: what follows the device in a URN
-- (RFC 9039), and what follows the last colon or slash. Called by private.read_values for names that are
-- not registered.
create function private.short_points(p_point jsonb) returns text[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select array[
    substring(p_point #>> '{}' from '^urn:dev:[^:]+:[^:_/]+[:_/](.+)$'),
    substring(p_point #>> '{}' from '[^:/]+$')]
  where jsonb_typeof(p_point) = 'string'
$$;
comment on function private.short_points is 'Shorter names of a point.';
revoke all on function private.short_points from public;
