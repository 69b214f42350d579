-- A device that moves to another client leaves what belongs to the old one behind: the geofence of a site
-- that its new owner does not see would continue to judge it. What was received stays with the old client,
-- and with the site it was judged by.
-- Security definer: looks at sites, products and types of clients that the caller may not see.
-- Raises PT409 CONFLICT.
create function private.refuse_former_owner_assets() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_owners integer[] := array( -- the new client and its parent
    select d from public."TbCliente" c cross join unnest(array[c."cdCliente", c."cdClientePai"]) d
    where c."cdCliente" = new."cdCliente" and d is not null);
begin
  if exists (select from public."TbDestinatario" t
             where t."cdDestinatario" = new."cdDestinatario" and t."cdCliente" <> all (v_owners)) then
    raise sqlstate 'PT409' using message = 'The site of the device belongs to another client',
      hint = 'CONFLICT',
      detail = 'Send cdDestinatario as well: a site of the new client, or null.';
  end if;
  if exists (select from public."TbProduto" p
             where p."cdProduto" = new."cdProduto" and p."cdCliente" <> all (v_owners)) then
    raise sqlstate 'PT409' using message = 'The product of the device belongs to another client',
      hint = 'CONFLICT',
      detail = 'Send cdProduto as well: a product of the new client, or null.';
  end if;
  if exists (select from public."TbSensor" s join public."TbTipoSensor" t on t.id = s."cdTipoSensor"
             where s."cdDispositivo" = new."cdDispositivo" and t."cdCliente" <> new."cdCliente") then
    raise sqlstate 'PT409' using message = 'Sensors of the device have types of another client',
      hint = 'CONFLICT', detail = 'First give them types of the same unit that belong to no client, or move '
                                  'them to another device.';
  end if;
  return null;
end
$$;
comment on function private.refuse_former_owner_assets is
  'Refuses to move a device to another client with a site or product of the old one.';
revoke all on function private.refuse_former_owner_assets from public;
