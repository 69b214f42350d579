-- What is kept about a fleet (devices, sensors, sites …), each under the name by which the API knows it. Names come from here
-- only, never from a caller; row-level security decides which rows are seen and changed.

-- Raises PT404 NOT_FOUND for a name that is not here.
create function private.cadastro(p_nome text) returns private.cadastro
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_cadastro private.cadastro;
begin
  select c.tabela, c.chave, c.filtros::text[], c.muda into v_cadastro
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
    ('tipos-sensor', 'TbTipoSensor', 'id', '{}', false)
  ) as c(nome, tabela, chave, filtros, muda)
  where c.nome = p_nome;
  if v_cadastro.tabela is null then
    raise sqlstate 'PT404' using message = format('There is nothing called %s', coalesce(p_nome, 'null')), hint = 'NOT_FOUND';
  end if;
  return v_cadastro;
end
$$;
comment on function private.cadastro(text) is 'The table, key and filters behind a name of the API.';
revoke all on function private.cadastro(text) from public;
grant execute on function private.cadastro(text) to authenticated, service_role;

-- The members of an object as a condition on t, whose values are in f, a row of the same type. Null: no condition.
create function private.filtrar_cadastro(p_cadastro private.cadastro, p_filtros jsonb) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_nomes text[] := array(select k from jsonb_object_keys(jsonb_strip_nulls(p_filtros)) k order by 1);
begin
  if not v_nomes <@ p_cadastro.filtros then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('filters are %s', array_to_string(p_cadastro.filtros, ', '));
  end if;
  return coalesce((select string_agg(format('t.%1$I = f.%1$I', n), ' and ') from unnest(v_nomes) n), 'true');
end
$$;
comment on function private.filtrar_cadastro(private.cadastro, jsonb) is 'A condition that selects rows by some of their columns.';
revoke all on function private.filtrar_cadastro(private.cadastro, jsonb) from public;
grant execute on function private.filtrar_cadastro(private.cadastro, jsonb) to authenticated, service_role;

-- What PostgreSQL computes from other columns for its indexes is not told.
create function private.descrever_linha(p_linha anyelement) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select to_jsonb(p_linha) - '{geoPonto,geoCerca}'::text[]
$$;
comment on function private.descrever_linha(anyelement) is 'A row as it is told.';
revoke all on function private.descrever_linha(anyelement) from public;
grant execute on function private.descrever_linha(anyelement) to authenticated, service_role;

-- By which its reader can tell later whether it still is the same. Made here only: what carries JSON may write it in another way.
create function private.versao(p_linha jsonb) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select md5(p_linha::text)
$$;
comment on function private.versao(jsonb) is 'The version of a row as it is told.';
revoke all on function private.versao(jsonb) from public;
grant execute on function private.versao(jsonb) to authenticated, service_role;
