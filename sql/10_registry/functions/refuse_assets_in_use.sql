-- A site, product or item that moves to another client while devices of others are on it, or their sensors
-- count it, would let its new owner decide how these are judged and counted: the counterpart of
-- private.refuse_former_owner_assets. Trigger function.
-- Security definer: looks at devices of clients that the caller may not see.
-- Raises PT409 CONFLICT.
create function private.refuse_assets_in_use() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_row jsonb := to_jsonb(new);
  v_product integer := case tg_table_name when 'TbProduto' then (v_row ->> 'cdProduto')::integer end;
  v_site integer := case tg_table_name when 'TbDestinatario' then (v_row ->> 'cdDestinatario')::integer end;
  v_items integer[] := case tg_table_name
    when 'TbProdutoItem' then array[(v_row ->> 'cdProdutoItem')::integer]
    else array(select j."cdProdutoItem" from public."TbProdutoItemJoinTable" j
               where j."cdProduto" = v_product) end;
begin
  if exists (
       select from public."TbDispositivo" d
       left join public."TbCliente" c on c."cdCliente" = d."cdCliente"
       where (d."cdProduto" = v_product or d."cdDestinatario" = v_site)
         and new."cdCliente" not in (d."cdCliente", coalesce(c."cdClientePai", d."cdCliente")))
     or exists (
       select from public."TbSensor" s
       join public."TbDispositivo" d on d."cdDispositivo" = s."cdDispositivo"
       where s."cdProdutoItem" = any (v_items)
         and private.is_item_of_others(s."cdProdutoItem", d."cdCliente")) then
    raise sqlstate 'PT409' using
      message = format('%s %s is in use by devices of another client', tg_argv[0], v_row ->> tg_argv[0]),
      hint = 'CONFLICT',
      detail = 'Take it off these devices and their sensors first, or create another one for the new client.';
  end if;
  return null;
end
$$;
comment on function private.refuse_assets_in_use is
  'Refuses to move a site, product or item to another client while devices of others use it.';
revoke all on function private.refuse_assets_in_use from public;
