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
