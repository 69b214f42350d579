-- Names under which the point of a name may be registered: as it is, in Unicode's normal form C as
-- private.normalize_point stores it; what follows the device in a URN (RFC 9039); what follows the last colon
-- or slash.
-- Called by private.read_values, only for names of more than plain letters.
create function private.point_names(p_point jsonb) returns text[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select array[p.name, substring(p.name from '^urn:dev:[^:]+:[^:_/]+[:_/](.+)$'),
               substring(p.name from '[^:/]+$')]
  from (select normalize(p_point #>> '{}', nfc) as name) p
  where jsonb_typeof(p_point) = 'string'
$$;
comment on function private.point_names is 'Names that a point may be registered under.';
revoke all on function private.point_names from public;
