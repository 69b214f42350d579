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
    ('clientes', 'TbCliente', 'cdCliente', '{cdClientePai,cdStatus}', false),
    ('destinatarios', 'TbDestinatario', 'cdDestinatario', '{cdCliente,cdEndereco,cdStatus}', true),
    ('dispositivos', 'TbDispositivo', 'cdDispositivo', '{cdCliente,cdProduto,cdDestinatario,cdStatus}', true),
    ('enderecos', 'TbEndereco', 'cdEndereco', '{dsUF,dsCidade}', false),
    ('imagens', 'TbImagens', 'cdImagens', '{cdProduto,nrImagem}', true),
    ('itens', 'TbProdutoItem', 'cdProdutoItem', '{cdStatus}', false),
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

-- Which columns of a table are being given values. The key and the time of registration are not a caller's to give, nor
-- is what PostgreSQL computes.
create function private.colunas_dadas(p_cadastro private.cadastro, p_dados jsonb) returns text[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_colunas text[] := array(
    select a.attname from pg_catalog.pg_attribute a
    where a.attrelid = format('public.%I', p_cadastro.tabela)::regclass and a.attnum > 0 and not a.attisdropped
      and a.attgenerated = '' and a.attname not in (p_cadastro.chave, 'dtRegistro'));
  v_dadas text[];
  v_estranhas text[];
begin
  if not p_cadastro."blMuda" or jsonb_typeof(p_dados) is distinct from 'object' then
    raise sqlstate 'PT400' using message = 'This cannot be written, or what was sent is no JSON object', hint = 'MALFORMED';
  end if;
  v_dadas := array(select k from jsonb_object_keys(p_dados) k order by 1);
  v_estranhas := array(select d from unnest(v_dadas) d where d <> all (v_colunas));
  if v_estranhas <> '{}' then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('not a column that can be written: %s', array_to_string(v_estranhas, ', '));
  end if;
  return v_dadas;
end
$$;
comment on function private.colunas_dadas(private.cadastro, jsonb) is 'Columns that are given values; PT400 for others.';
revoke all on function private.colunas_dadas(private.cadastro, jsonb) from public;
grant execute on function private.colunas_dadas(private.cadastro, jsonb) to authenticated, service_role;
