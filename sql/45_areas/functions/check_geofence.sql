-- PT400 INVALID_FENCE: a fence must be a polygon by which points can be judged. Security definer: whoever may write a site may have its
-- fence looked at.
create function private.check_geofence() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_error text := private.polygon_error(new."dsCerca");
begin
  if v_error is not null then
    raise sqlstate 'PT400' using message = format('dsCerca: %s', v_error), hint = 'INVALID_FENCE';
  end if;
  return new;
end
$$;
comment on function private.check_geofence is 'Refuses a fence that is no polygon.';
revoke all on function private.check_geofence from public;
