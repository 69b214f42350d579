-- Whether a legal hold covers what a client received from a device (null: from none that is known).
create function private.is_held(p_client integer, p_device integer) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public."TbGuardaLegal" g
    where g."cdCliente" = p_client and (g."cdDispositivo" is null or g."cdDispositivo" = p_device))
$$;
comment on function private.is_held is 'Whether a legal hold covers what a client received from a device.';
revoke all on function private.is_held from public;
