-- A sensor that moves to a device of another client leaves the item of the former owner behind, unless the
-- caller names an item in the same statement.
-- Security definer: looks at devices and items of clients that the caller may not see. Trigger function.
create function private.leave_item_of_sensor() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if private.is_item_of_others(new."cdProdutoItem", (
       select d."cdCliente" from public."TbDispositivo" d where d."cdDispositivo" = new."cdDispositivo")) then
    new."cdProdutoItem" := null;
  end if;
  return new;
end
$$;
comment on function private.leave_item_of_sensor is
  'Removes the former owner''s item from a sensor that moves to a device of another client.';
revoke all on function private.leave_item_of_sensor from public;
