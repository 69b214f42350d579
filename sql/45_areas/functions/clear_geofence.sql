-- A JSON null is none.
create function private.clear_geofence() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new."dsCerca" := null;
  return new;
end
$$;
comment on function private.clear_geofence is 'No fence, however it is written.';
revoke all on function private.clear_geofence from public;
