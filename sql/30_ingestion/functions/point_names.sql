-- Names under which the point of a name may be registered: as it is, in Unicode's normal form C as
-- private.normalize_point stores it; what follows the device in a URN (RFC 9039); what follows the last colon
-- or slash. Called by private.read_values and private.with_meta_points, only for names of more than plain
-- letters; plpgsql, as private.in_sensor_unit.
create function private.point_names(p_name text) returns text[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_name text := normalize(p_name, nfc);
begin
  return array[v_name, case when v_name like 'urn:dev:%'
                         then substring(v_name from '^urn:dev:[^:]+:[^:_/]+[:_/](.+)$') end,
               substring(v_name from '[^:/]+$')];
end
$$;
comment on function private.point_names is 'Names that a point may be registered under.';
revoke all on function private.point_names from public;
