-- Records every owner and site a device ever had; their foreign keys protect what history may point to.
-- Security definer: API roles may not write TbDispositivoVinculo.
create function private.record_device_link() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbDispositivoVinculo" ("cdDispositivo", "cdCliente", "cdDestinatario")
  values (new."cdDispositivo", new."cdCliente", new."cdDestinatario")
  on conflict do nothing;
  return null;
end
$$;
comment on function private.record_device_link is 'Records the owner and site of a device.';
revoke all on function private.record_device_link from public;
