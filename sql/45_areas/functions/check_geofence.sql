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
