-- Items that the sensors of these devices ever counted, whatever product the items belong to now.
-- Security definer: the history of a former owner shows items that this owner can no longer see; the function
-- itself requires that the caller's clients own or owned the device.
-- Who may call it: every API role.
create function private.history_items(p_devices integer[])
returns table (
  "cdProdutoItem" integer, "dsNome" text, "nrPesoUnit" double precision, "nrAlt" double precision)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select i."cdProdutoItem", i."dsNome", i."nrPesoUnit", i."nrAlt"
  from public."TbProdutoItem" i
  where i."cdProdutoItem" in (
    select v."cdProdutoItem" from public."TbSensorVinculo" v
    where v."cdDispositivo" = any (p_devices)
      and exists (
        select from public."TbDispositivoVinculo" d
        where d."cdDispositivo" = v."cdDispositivo"
          and d."cdCliente" = any ((select private.visible_clients())::integer[])))
$$;
comment on function private.history_items is
  'Items ever counted by sensors of devices that the caller''s clients own or owned.';
revoke all on function private.history_items from public;
grant execute on function private.history_items to authenticated, service_role;
