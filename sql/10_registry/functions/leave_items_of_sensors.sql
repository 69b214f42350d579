-- The sensors of a device that moves to another client no longer count the items of the former owner: their
-- weight would compute what the new owner reads, and their names would be shown.
-- Security definer: looks at items of clients that the caller may not see. Trigger function.
create function private.leave_items_of_sensors() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  update public."TbSensor" s set "cdProdutoItem" = null
  where s."cdDispositivo" = new."cdDispositivo"
    and private.is_item_of_others(s."cdProdutoItem", new."cdCliente");
  return new;
end
$$;
comment on function private.leave_items_of_sensors is
  'Removes the former owner''s items from the sensors of a device that moves to another client.';
revoke all on function private.leave_items_of_sensors from public;
