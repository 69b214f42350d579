-- Whether a legal hold covers something of a device, of whichever owner it had.
create function private.is_series_held(p_device integer) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public."TbGuardaLegal" g
    where g."cdDispositivo" = p_device
       or g."cdDispositivo" is null and g."cdCliente" in (
         select v."cdCliente" from public."TbDispositivoVinculo" v where v."cdDispositivo" = p_device))
$$;
comment on function private.is_series_held is 'Whether a legal hold covers something of a device.';
revoke all on function private.is_series_held from public;
