-- Items that the sensors of these devices ever counted, whatever product the items belong to now: as they are
-- for whoever has them, and otherwise as they were when they came to belong to others
-- (private.keep_former_item).
-- Security definer: the history of a former owner shows items that this owner can no longer see; the function
-- itself requires that the caller's clients own or owned the device.
-- Who may call it: every API role.
create function private.history_items(p_devices integer[])
returns table (
  "cdProdutoItem" integer, "dsNome" text, "nrPesoUnit" double precision, "nrAlt" double precision)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
    select i."cdProdutoItem", (case when k.is_kept then k."dsNome" else i."dsNome" end)::text,
           case when k.is_kept then k."nrPesoUnit" else i."nrPesoUnit" end,
           case when k.is_kept then k."nrAlt" else i."nrAlt" end
    from public."TbProdutoItem" i
    left join lateral (
      select true as is_kept, a."dsNome", a."nrPesoUnit", a."nrAlt"
      from private."TbProdutoItemAnterior" a
      where a."cdProdutoItem" = i."cdProdutoItem"
        and a."cdCliente" = any ((select private.visible_clients())::integer[])
        and not exists (
          select from unnest((select private.visible_clients())::integer[]) c
          where not private.is_item_of_others(i."cdProdutoItem", c))
      order by a."dtRegistro" desc limit 1
    ) k on true
    where i."cdProdutoItem" in (
      select v."cdProdutoItem" from public."TbSensorVinculo" v
      where v."cdDispositivo" = any (p_devices)
        and exists (
          select from public."TbDispositivoVinculo" d
          where d."cdDispositivo" = v."cdDispositivo"
            and d."cdCliente" = any ((select private.visible_clients())::integer[])));
end
$$;
comment on function private.history_items is
  'Items ever counted by sensors of devices that the caller''s clients own or owned.';
revoke all on function private.history_items from public;
grant execute on function private.history_items to authenticated, service_role;
