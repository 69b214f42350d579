-- For policies on rows that belong to a device.
-- Security definer: it runs once per statement and does not depend on the policies of TbDispositivo.
create function private.managed_devices() returns setof integer
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select d."cdDispositivo" from public."TbDispositivo" d
  where d."cdCliente" = any ((select private.managed_clients())::integer[]) or (select private.is_service())
$$;
comment on function private.managed_devices is 'Devices whose rows the caller may change.';
revoke all on function private.managed_devices from public;
grant execute on function private.managed_devices to authenticated;
