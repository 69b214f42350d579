-- Raises PT404 NOT_FOUND: the device does not exist, or it belongs to another client.
create function private.require_device(p_caller private.identity, p_device integer) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from public."TbDispositivo" d
                 where d."cdDispositivo" = p_device and d."cdCliente" = any (p_caller."cdClientes")) then
    raise sqlstate 'PT404' using message = 'Device not found', hint = 'NOT_FOUND';
  end if;
end
$$;
comment on function private.require_device is 'Refuses devices that the caller does not act for.';
revoke all on function private.require_device from public;
