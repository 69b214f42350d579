-- For new devices in one statement, however many, what private.record_device_link does for one that changes.
-- Security definer: API roles may not write TbDispositivoVinculo.
create function private.record_new_devices() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbDispositivoVinculo" ("cdDispositivo", "cdCliente", "cdDestinatario")
  select n."cdDispositivo", n."cdCliente", n."cdDestinatario" from new_rows n
  on conflict do nothing;
  return null;
end
$$;
comment on function private.record_new_devices is 'Records the owners and sites of new devices.';
revoke all on function private.record_new_devices from public;
