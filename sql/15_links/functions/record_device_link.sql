-- Notes every owner and site of a device, every device and item of a sensor, and every client at an address. Security definer: nobody writes these
-- tables by hand.
create function private.record_device_link() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbDispositivoVinculo" ("cdDispositivo", "cdCliente", "cdDestinatario")
  values (new."cdDispositivo", new."cdCliente", new."cdDestinatario")
  on conflict do nothing;
  return null;
end
$$;
comment on function private.record_device_link is 'Notes the owner and site of a device.';
revoke all on function private.record_device_link from public;
