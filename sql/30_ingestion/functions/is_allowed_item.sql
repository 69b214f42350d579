-- An item may be named when it is the sensor's own or belongs to a product of the client; whether others
-- exist is not disclosed. Called by private.value_error.
create function private.is_allowed_item(p_item integer, p_sensor_item integer, p_client integer)
returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return p_item = p_sensor_item or exists (
    select from public."TbProdutoItemJoinTable" j
    join public."TbProduto" p on p."cdProduto" = j."cdProduto"
    where j."cdProdutoItem" = p_item and p."cdCliente" = p_client);
end
$$;
comment on function private.is_allowed_item is 'The product item may be named with a value of this sensor.';
revoke all on function private.is_allowed_item from public;
