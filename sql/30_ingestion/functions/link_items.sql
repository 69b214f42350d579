-- Records product items that values name for the first time, so that the items cannot be deleted.
-- Called by private.store_elements.
create function private.link_items(p_elements private.element[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into public."TbSensorVinculo" ("cdSensor", "cdDispositivo", "cdProdutoItem")
  select distinct l."cdSensor", e."cdDispositivo", l."cdProdutoItem"
  from unnest(p_elements) e cross join unnest(e.sensor_values) l
  where e.verdict = 'stored' and l.item_was_sent
    and not exists (
      select from public."TbSensorVinculo" v
      where v."cdSensor" = l."cdSensor" and v."cdDispositivo" = e."cdDispositivo"
        and v."cdProdutoItem" = l."cdProdutoItem")
  order by 1, 2, 3
  on conflict do nothing;
end
$$;
comment on function private.link_items is 'Records product items that values name for the first time.';
revoke all on function private.link_items from public;
