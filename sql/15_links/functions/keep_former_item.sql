-- An item that comes to belong to others keeps, for the history of the clients that counted it before, what
-- it was: whoever has it now may rename and reweigh it. Trigger function.
-- Security definer: nobody has rights to write TbProdutoItemAnterior, nor sees the clients of others.
create function private.keep_former_item() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  delete from private."TbProdutoItemAnterior" a
  where a."cdProdutoItem" = new."cdProdutoItem"
    and not private.is_item_of_others(a."cdProdutoItem", a."cdCliente");
  insert into private."TbProdutoItemAnterior" (
    "cdProdutoItem", "cdCliente", "dsNome", "nrPesoUnit", "nrAlt")
  select new."cdProdutoItem", c.client, old."dsNome", old."nrPesoUnit", old."nrAlt"
  from (
    select distinct d."cdCliente" as client
    from public."TbSensorVinculo" v
    join public."TbDispositivoVinculo" d on d."cdDispositivo" = v."cdDispositivo"
    where v."cdProdutoItem" = new."cdProdutoItem" and d."cdCliente" is not null
  ) c
  where private.is_item_of_others(new."cdProdutoItem", c.client)
  on conflict do nothing;
  return null;
end
$$;
comment on function private.keep_former_item is
  'Keeps what an item was for the history of clients that it does not belong to any more.';
revoke all on function private.keep_former_item from public;
