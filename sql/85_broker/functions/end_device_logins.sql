-- A device that moves to another client, or to none, loses its logins at the broker: whoever knows their
-- secrets belongs to the former owner. The new owner creates a login of their own. Nor may anybody send as it
-- without credentials any longer (TbDispositivoLiberado): that was agreed with the former owner.
-- Security definer: whoever moves a device may write neither table. Who may call it: only the trigger.
create function private.end_device_logins() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public."TbDispositivoCredencial" c set "dtExpiracao" = now()
  where c."cdDispositivo" = new."cdDispositivo" and coalesce(c."dtExpiracao", 'infinity') > now();
  delete from public."TbDispositivoLiberado" l where l."cdDispositivo" = new."cdDispositivo";
  return new;
end
$$;
comment on function private.end_device_logins is
  'Revokes the logins of a device at the MQTT broker when its client changes.';
revoke all on function private.end_device_logins from public;
