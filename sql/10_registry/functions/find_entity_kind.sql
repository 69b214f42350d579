-- The registry (devices, sensors, sites …), each kind under the name by which the API knows it. Names of
-- tables and columns come from here only, never from a caller; row-level security decides which rows are seen
-- and changed.
-- Who may call it: the API roles, for the functions that read and write the registry.
-- Raises PT404 NOT_FOUND for an unknown name.
create function private.find_entity_kind(p_name text) returns private.entity_kind
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_kind private.entity_kind;
begin
  select c.table_name, c.key, c.filters::text[], c.is_writable into v_kind
  from (values
    ('clientes', 'TbCliente', 'cdCliente', '{cdClientePai,cdStatus}', true),
    ('destinatarios', 'TbDestinatario', 'cdDestinatario', '{cdCliente,cdEndereco,cdStatus}', true),
    ('dispositivos', 'TbDispositivo', 'cdDispositivo', '{cdCliente,cdProduto,cdDestinatario,cdStatus}', true),
    ('enderecos', 'TbEndereco', 'cdEndereco', '{cdCliente,dsUF,dsCidade}', true),
    ('imagens', 'TbImagens', 'cdImagens', '{cdProduto,nrImagem}', true),
    ('itens', 'TbProdutoItem', 'cdProdutoItem', '{cdCliente,cdStatus}', true),
    ('produtos', 'TbProduto', 'cdProduto', '{cdCliente,cdStatus}', true),
    ('produtos-dispositivos', 'VwTbProdutoTipo', 'cdDispositivo', '{cdProduto,cdCliente}', false),
    ('sensores', 'TbSensor', 'cdSensor', '{cdDispositivo,cdTipoSensor,cdProdutoItem}', true),
    ('tipos-sensor', 'TbTipoSensor', 'id', '{cdCliente,cdStatus}', true)
  ) as c(name, table_name, key, filters, is_writable)
  where c.name = p_name;
  if v_kind.table_name is null then
    raise sqlstate 'PT404' using message = format('Unknown registry: %s', coalesce(left(p_name, 50), 'null')),
      hint = 'NOT_FOUND';
  end if;
  return v_kind;
end
$$;
comment on function private.find_entity_kind is 'The table, key and filters behind a name of the API.';
revoke all on function private.find_entity_kind from public;
grant execute on function private.find_entity_kind to authenticated, service_role;
