-- What people and old applications read and write: the rest of the surface of the API.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/20_types/06_cadastro.sql
create type private.cadastro as (tabela text, chave text, filtros text[], "blMuda" boolean);
comment on type private.cadastro is 'What is kept about a fleet under one name: its table or view, the key, by what it can be filtered, whether it can be changed.';
-- end

-- from sql/40_private/35_cadastros.sql
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
-- end

-- from sql/40_private/35_cadastros_escrita.sql
-- New rows and changes of what is kept about a fleet.

-- Which columns of a table are being given values. The key, the time of registration and whose data it is are not a caller's
-- to give, nor is what PostgreSQL computes.
create function private.colunas_dadas(p_cadastro private.cadastro, p_dados jsonb) returns text[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_colunas text[] := array(
    select a.attname from pg_catalog.pg_attribute a
    where a.attrelid = format('public.%I', p_cadastro.tabela)::regclass and a.attnum > 0 and not a.attisdropped
      and a.attgenerated = '' and a.attname not in (p_cadastro.chave, 'dtRegistro', 'dsFonte'));
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

-- A new row with its key, the time, and the client it belongs to unless it names another.
create function private.completar_linha(p_cadastro private.cadastro, p_chamador private.identidade, p_dados jsonb) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select case
      when p_cadastro.tabela = 'TbCliente' then jsonb_build_object('cdClientePai', p_chamador."cdCliente")
      when exists (select from pg_catalog.pg_attribute a
                   where a.attrelid = format('public.%I', p_cadastro.tabela)::regclass and a.attname = 'cdCliente')
        then jsonb_build_object('cdCliente', p_chamador."cdCliente")
      else '{}' end
    || jsonb_strip_nulls(p_dados)
    || jsonb_build_object('dtRegistro', now() at time zone 'UTC', p_cadastro.chave,
                          nextval(pg_get_serial_sequence(format('public.%I', p_cadastro.tabela), p_cadastro.chave)))
$$;
comment on function private.completar_linha(private.cadastro, private.identidade, jsonb) is 'A new row with what its sender need not say.';
revoke all on function private.completar_linha(private.cadastro, private.identidade, jsonb) from public;
grant execute on function private.completar_linha(private.cadastro, private.identidade, jsonb) to authenticated, service_role;

-- Why PostgreSQL refuses a row, in words: PT400 or PT409 for a constraint, which its comment or its columns tell, PT403 for a policy.
create function private.recusar_escrita(p_cadastro private.cadastro, p_dados jsonb, p_estado text, p_condicao text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_texto text := (
    select coalesce(obj_description(c.oid, 'pg_constraint'), format(
      case c.contype when 'f' then '%s: there is none such' when 'c' then '%s: out of range' else '%s: there is one already' end,
      (select string_agg(a.attname, ', ' order by a.attnum) from pg_catalog.pg_attribute a
       where a.attrelid = c.conrelid and a.attnum = any (c.conkey))))
    from pg_catalog.pg_constraint c
    where c.conrelid = format('public.%I', p_cadastro.tabela)::regclass and c.conname = p_condicao);
begin
  if p_estado = '42501' then
    raise sqlstate 'PT403' using message = 'It would be of a client, or point to a row, that the caller does not manage', hint = 'FORBIDDEN',
      detail = nullif((select string_agg(k, ', ' order by k) from jsonb_object_keys(p_dados) k where k ~ '^cd[A-Z]' and k <> 'cdStatus'), '');
  elsif p_estado in ('23502', '23514') then
    raise sqlstate 'PT400' using message = coalesce(v_texto, 'A value is missing'), hint = 'INVALID_PARAMETER';
  end if;
  raise sqlstate 'PT409' using message = coalesce(v_texto, 'This contradicts what is stored'), hint = 'CONFLICT';
end
$$;
comment on function private.recusar_escrita(private.cadastro, jsonb, text, text) is 'Says in words why a row is refused.';
revoke all on function private.recusar_escrita(private.cadastro, jsonb, text, text) from public;
grant execute on function private.recusar_escrita(private.cadastro, jsonb, text, text) to authenticated, service_role;

-- A condition on t: the row still is what the caller saw. $3 is the version, null when any will do.
create function private.condicao_de_versao() returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select '($3 is null or private.versao(private.descrever_linha(t)) = $3)'
$$;
comment on function private.condicao_de_versao() is 'A condition that selects the row only in the version that the caller saw.';
revoke all on function private.condicao_de_versao() from public;
grant execute on function private.condicao_de_versao() to authenticated, service_role;

-- No row was changed: because it has changed meanwhile (PT412), or because there is none that the caller may change (PT404).
create function private.recusar_sem_linha(p_cadastro private.cadastro, p_codigo integer, p_versao text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_ha boolean := false;
begin
  if p_versao is not null then
    execute format('select exists (select from public.%I t where t.%I = $1)', p_cadastro.tabela, p_cadastro.chave)
    into v_ha using p_codigo;
  end if;
  if v_ha then
    raise sqlstate 'PT412' using message = 'The row has changed since it was read, or is not yours to change',
      hint = 'PRECONDITION_FAILED', detail = 'Read it again, and send its new ETag as If-Match.';
  end if;
  raise sqlstate 'PT404' using message = 'There is no such row, or it is not visible', hint = 'NOT_FOUND';
end
$$;
comment on function private.recusar_sem_linha(private.cadastro, integer, text) is 'Says why no row was changed: 404 or 412.';
revoke all on function private.recusar_sem_linha(private.cadastro, integer, text) from public;
grant execute on function private.recusar_sem_linha(private.cadastro, integer, text) to authenticated, service_role;
-- end

-- from sql/60_rpc/22_get_cadastros.sql
-- What is kept under a name, in pages by key: {data, nextCursor, versao}; versao is that of the row when one key is asked for.
-- p_cadastro    clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos, produtos-dispositivos, sensores, tipos-sensor
-- p_codigo      only this key
-- p_filtros     {column: value}; which columns, private.cadastro says
-- p_page_size   rows a page, 1 to 1,000; null: all of them;  p_cursor  nextCursor of the page before
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 INVALID_PARAMETER, PT404 NOT_FOUND (no such name).
create function public.get_cadastros(p_cadastro text, p_codigo integer default null, p_filtros jsonb default '{}',
                                     p_page_size integer default 50, p_cursor integer default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_cadastro private.cadastro := private.cadastro(p_cadastro);
  v_resposta json;
begin
  perform private.exigir('read');
  perform private.exigir_pagina(coalesce(p_page_size, 1));
  execute format($sql$
    with linha as materialized (
      select t.%2$I::bigint as codigo, private.descrever_linha(t) as linha, row_number() over (order by t.%2$I) as n
      from public.%1$I t cross join jsonb_populate_record(null::public.%1$I, $1) f
      where ($2 is null or t.%2$I = $2) and ($3 is null or t.%2$I > $3) and %3$s
      order by t.%2$I limit $4 + 1
    )
    select json_build_object(
      'data', (select coalesce(json_agg(l.linha order by l.n), '[]') from linha l where $4 is null or l.n <= $4),
      'nextCursor', (select l.codigo from linha l where l.n = $4 and exists (select from linha m where m.n > $4)),
      'versao', (select private.versao(l.linha) from linha l where $2 is not null))
    $sql$, v_cadastro.tabela, v_cadastro.chave, private.filtrar_cadastro(v_cadastro, p_filtros))
  into v_resposta
  using p_filtros, p_codigo, p_cursor, p_page_size;
  return v_resposta;
end
$$;
comment on function public.get_cadastros(text, integer, jsonb, integer, integer) is
  'Devices, sensors, sites and whatever else is kept about a fleet, in pages.';
revoke all on function public.get_cadastros(text, integer, jsonb, integer, integer) from public;
grant execute on function public.get_cadastros(text, integer, jsonb, integer, integer) to authenticated, service_role;
-- end

-- from sql/60_rpc/23_criar_cadastro.sql
-- A new row; answers with {linha, versao}. One that can have a client and names none gets the caller's, a client that names no parent becomes
-- the caller's child.
-- p_cadastro    clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos, sensores;  p_dados  {column: value}
-- The row is put together here instead of read back: policies may not show it yet.
-- Who: callers with the permission admin; row-level security decides for which clients.
-- Raises PT400 MALFORMED, INVALID_PARAMETER, PT403 FORBIDDEN, PT404 NOT_FOUND (no such name), PT409 CONFLICT.
create function public.criar_cadastro(p_cadastro text, p_dados jsonb) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('admin');
  v_cadastro private.cadastro := private.cadastro(p_cadastro);
  v_dados jsonb;
  v_linha jsonb;
  v_condicao text;
begin
  if cardinality(v_chamador."cdClientes") = 0 and not v_chamador."blServico" then
    raise sqlstate 'PT403' using message = 'The caller acts for no client', hint = 'FORBIDDEN';
  end if;
  perform private.colunas_dadas(v_cadastro, p_dados);
  v_dados := private.completar_linha(v_cadastro, v_chamador, p_dados);
  execute format($sql$
    insert into public.%1$I (%2$s) select %2$s from jsonb_populate_record(null::public.%1$I, $1) f
    $sql$, v_cadastro.tabela, (select string_agg(format('%I', k), ', ') from jsonb_object_keys(v_dados) k)) using v_dados;
  execute format('select private.descrever_linha(f) from jsonb_populate_record(null::public.%I, $1) f', v_cadastro.tabela)
  into v_linha using v_dados;
  return jsonb_build_object('linha', v_linha, 'versao', private.versao(v_linha));
exception when integrity_constraint_violation or insufficient_privilege then
  get stacked diagnostics v_condicao = constraint_name;
  perform private.recusar_escrita(v_cadastro, p_dados, sqlstate, v_condicao);
  return null;
end
$$;
comment on function public.criar_cadastro(text, jsonb) is 'A new client, device, sensor, site, address, product, item or picture.';
revoke all on function public.criar_cadastro(text, jsonb) from public;
grant execute on function public.criar_cadastro(text, jsonb) to authenticated, service_role;
-- end

-- from sql/60_rpc/24_mudar_cadastro.sql
-- Changes the columns named of one row; answers with the whole row, {linha, versao}.
-- p_cadastro    clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos, sensores;  p_codigo  its key
-- p_dados       {column: value};  p_versao  only if the row still is that
-- Who: callers with the permission admin; row-level security decides which rows.
-- Raises PT400 MALFORMED, INVALID_PARAMETER, PT403 FORBIDDEN, PT404 NOT_FOUND (no such row, or not the caller's to change),
-- PT409 CONFLICT, PT412 PRECONDITION_FAILED.
create function public.mudar_cadastro(p_cadastro text, p_codigo integer, p_dados jsonb, p_versao text default null)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_cadastro private.cadastro := private.cadastro(p_cadastro);
  v_dadas text[];
  v_linha jsonb;
  v_condicao text;
begin
  perform private.exigir('admin');
  v_dadas := private.colunas_dadas(v_cadastro, p_dados);
  if v_dadas = '{}' then
    raise sqlstate 'PT400' using message = 'There is nothing to change', hint = 'INVALID_PARAMETER';
  end if;
  execute format($sql$
    update public.%1$I t set %3$s from jsonb_populate_record(null::public.%1$I, $1) f
    where t.%2$I = $2 and %4$s returning private.descrever_linha(t)
    $sql$, v_cadastro.tabela, v_cadastro.chave, (select string_agg(format('%1$I = f.%1$I', d), ', ') from unnest(v_dadas) d),
    private.condicao_de_versao())
  into v_linha using p_dados, p_codigo, p_versao;
  if v_linha is null then
    perform private.recusar_sem_linha(v_cadastro, p_codigo, p_versao);
  end if;
  return jsonb_build_object('linha', v_linha, 'versao', private.versao(v_linha));
exception when integrity_constraint_violation or insufficient_privilege then
  get stacked diagnostics v_condicao = constraint_name;
  perform private.recusar_escrita(v_cadastro, p_dados, sqlstate, v_condicao);
  return null;
end
$$;
comment on function public.mudar_cadastro(text, integer, jsonb, text) is 'Changes a client, device, sensor, site, address, product, item or picture.';
revoke all on function public.mudar_cadastro(text, integer, jsonb, text) from public;
grant execute on function public.mudar_cadastro(text, integer, jsonb, text) to authenticated, service_role;
-- end

-- from sql/60_rpc/25_get_produtos_por_status.sql
-- Products with their devices counted by status: [{cdProduto, dsDescricao, dsNome, nrAlt, nrCodigo, nrComp, nrLarg, QtdeTotal,
-- imagens: [{cdCodigo, dsCaminho}], status: [{cdStatus, nrQtde}], nrFora?}]; nrFora, how many are outside their geofence, only when some are.
-- p_cd_produto, p_cd_cliente   one product, owner of the devices; null: all
-- Who: callers with the permission read; row-level security decides which products and devices.
create function public.get_produtos_por_status(p_cd_produto integer default null, p_cd_cliente integer default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir('read');
  return (
    select coalesce(json_agg(jsonb_build_object(
        'cdProduto', p."cdProduto", 'dsDescricao', p."dsDescricao", 'dsNome', p."dsNome", 'nrAlt', p."nrAlt", 'nrCodigo', p."nrCodigo",
        'nrComp', p."nrComp", 'nrLarg', p."nrLarg", 'QtdeTotal', d.total, 'status', d.status,
        'imagens', (select coalesce(jsonb_agg(jsonb_build_object('cdCodigo', i."cdCodigo", 'dsCaminho', i."dsCaminho")
                                              order by i."nrImagem", i."cdImagens"), '[]')
                    from public."TbImagens" i where i."cdProduto" = p."cdProduto"))
      || coalesce((select jsonb_build_object('nrFora', f.dispositivo_count)
                   from public."VwProdutosFora" f where f."cdProduto" = p."cdProduto"), '{}')
      order by p."cdProduto"), '[]')
    from public."TbProduto" p
    join (
      select s."cdProduto", sum(s.qtd) as total,
             jsonb_agg(jsonb_build_object('cdStatus', s."cdStatus", 'nrQtde', s.qtd) order by s."cdStatus") as status
      from (
        select x."cdProduto", x."cdStatus", count(*) as qtd from public."TbDispositivo" x
        where (p_cd_produto is null or x."cdProduto" = p_cd_produto) and (p_cd_cliente is null or x."cdCliente" = p_cd_cliente)
        group by 1, 2
      ) s
      group by s."cdProduto"
    ) d on d."cdProduto" = p."cdProduto");
end
$$;
comment on function public.get_produtos_por_status(integer, integer) is 'Products with pictures and their devices counted by status.';
revoke all on function public.get_produtos_por_status(integer, integer) from public;
grant execute on function public.get_produtos_por_status(integer, integer) to authenticated, service_role;
-- end

-- from sql/60_rpc/26_get_produtos_completos.sql
-- Products of a client that have devices, newest first, as VwProdutoCompleto shows them: {data, nextCursor}.
-- p_ds_nome     part of the product's name, in any case;  p_cd_status  of the product
-- p_page_size   rows a page, 1 to 1,000; null: all of them;  p_cursor  nextCursor of the page before
-- Who: callers with the permission read; row-level security decides which products. Raises PT400 INVALID_PARAMETER.
create function public.get_produtos_completos(p_cd_cliente integer, p_ds_nome text default null, p_cd_status text default null,
                                              p_page_size integer default 50, p_cursor integer default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_apos timestamp;
begin
  perform private.exigir('read');
  perform private.exigir_pagina(coalesce(p_page_size, 1));
  -- the row that the page before ended with says where this one begins
  v_apos := (select coalesce(p."dtRegistro", '-infinity') from public."TbProduto" p where p."cdProduto" = p_cursor);
  return (
    with produto as materialized (
      select p."cdProduto", row_number() over (order by coalesce(p."dtRegistro", '-infinity') desc, p."cdProduto" desc) as n
      from public."TbProduto" p
      where p."cdCliente" = p_cd_cliente and (p_cd_status is null or p."cdStatus"::text = p_cd_status)
        and (p_ds_nome is null or strpos(lower(p."dsNome"), lower(p_ds_nome)) > 0)
        and (p_cursor is null or (coalesce(p."dtRegistro", '-infinity'), p."cdProduto") < (v_apos, p_cursor))
        and exists (select from public."TbDispositivo" d where d."cdProduto" = p."cdProduto")
      order by n limit p_page_size + 1
    )
    select json_build_object(
      'data', (select coalesce(json_agg(v order by p.n), '[]')
               from produto p join public."VwProdutoCompleto" v on v."cdProduto" = p."cdProduto"
               where p_page_size is null or p.n <= p_page_size),
      'nextCursor', (select p."cdProduto" from produto p
                     where p.n = p_page_size and exists (select from produto q where q.n > p_page_size))));
end
$$;
comment on function public.get_produtos_completos(integer, text, text, integer, integer) is
  'Products of a client with first picture, sensor types and devices by status, newest first.';
revoke all on function public.get_produtos_completos(integer, text, text, integer, integer) from public;
grant execute on function public.get_produtos_completos(integer, text, text, integer, integer) to authenticated, service_role;
-- end

-- from sql/60_rpc/27_get_posicoes.sql
-- At most 1,000 positions as they are stored: of a device the newest, in that order; of all devices any.
-- p_cd_dispositivo                       0: all
-- p_ds_lat, p_ds_long, p_nr_bat          exactly these coordinates (degrees), this voltage; null: any
-- p_dt_inicio, p_dt_fim                  both ends included; null: no limit
-- Who: callers with the permission read; row-level security decides which rows.
create function public.get_posicoes(p_cd_dispositivo integer default 0, p_ds_lat double precision default null,
  p_ds_long double precision default null, p_nr_bat double precision default null, p_dt_inicio timestamptz default null,
  p_dt_fim timestamptz default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_de timestamp := coalesce(p_dt_inicio at time zone 'UTC', '-infinity');
  v_ate timestamp := coalesce(p_dt_fim at time zone 'UTC', 'infinity');
begin
  perform private.exigir('read');
  return (
    select coalesce(json_agg(p), '[]')
    from (
      (select q.* from public."TbPosicao" q
       where q."cdDispositivo" = p_cd_dispositivo and q."dtRegistro" between v_de and v_ate
         and (p_ds_lat is null or q."dsLat" = p_ds_lat) and (p_ds_long is null or q."dsLong" = p_ds_long)
         and (p_nr_bat is null or q."nrBat" = p_nr_bat)
       order by q."dtRegistro" desc limit 1000)
      union all
      -- in no order: sorting them would read all of them
      (select q.* from public."TbPosicao" q
       where p_cd_dispositivo = 0 and q."dtRegistro" between v_de and v_ate
         and (p_ds_lat is null or q."dsLat" = p_ds_lat) and (p_ds_long is null or q."dsLong" = p_ds_long)
         and (p_nr_bat is null or q."nrBat" = p_nr_bat)
       limit 1000)
    ) p);
end
$$;
comment on function public.get_posicoes(integer, double precision, double precision, double precision, timestamptz, timestamptz) is
  'Positions as they are stored, at most 1,000.';
revoke all on function public.get_posicoes(integer, double precision, double precision, double precision, timestamptz, timestamptz)
  from public;
grant execute on function public.get_posicoes(integer, double precision, double precision, double precision, timestamptz, timestamptz)
  to authenticated, service_role;
-- end

-- from sql/60_rpc/28_get_historico_completo.sql
-- What get_historico_paginado would give page by page, for callers that know no pages: [row], newest first, of positions that
-- came with readings.
-- p_cd_cliente   owner at receipt (null: every visible one);  p_cd_dispositivo  0: all
-- p_dt_inicio, p_dt_fim   both ends included; null: no limit
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 RANGE_TOO_WIDE for more than 100,000 rows: nothing is ever cut silently.
create function public.get_historico_completo(p_cd_cliente integer default null, p_cd_dispositivo integer default 0,
  p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_de timestamp := coalesce(p_dt_inicio at time zone 'UTC', '-infinity');
  v_ate timestamp := coalesce(p_dt_fim at time zone 'UTC', 'infinity');
  v_alvos private.alvo_historico[];
  v_total bigint;
  v_pagina public."TbPosicao"[];
begin
  perform private.exigir('read');
  v_alvos := private.alvos_do_historico(p_cd_cliente, p_cd_dispositivo, null);
  v_total := private.contar_historico(v_alvos, p_cd_cliente, v_de, v_ate);
  perform private.exigir_ate(v_total, 100000);
  v_pagina := private.pagina_do_historico(v_alvos, p_cd_cliente, v_de, v_ate, null, 0, greatest(v_total, 1)::integer);
  return private.linhas_do_historico(private.posicoes_com_leituras(v_pagina));
end
$$;
comment on function public.get_historico_completo(integer, integer, timestamptz, timestamptz) is
  'History of devices without pages, newest first; at most 100,000 rows.';
revoke all on function public.get_historico_completo(integer, integer, timestamptz, timestamptz) from public;
grant execute on function public.get_historico_completo(integer, integer, timestamptz, timestamptz) to authenticated, service_role;
-- end

-- from sql/60_rpc/29_get_historico_leituras.sql
-- Deprecated with VwRelHistoricoDispositivoProduto, whose rows it gives, newest first: one for each reading of a position.
-- p_cd_cliente   owner at receipt (null: every visible one);  p_cd_dispositivo  0: all
-- p_dt_inicio, p_dt_fim   both ends included; null: no limit
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 RANGE_TOO_WIDE for more than 100,000 positions: nothing is ever cut silently.
create function public.get_historico_leituras(p_cd_cliente integer default null, p_cd_dispositivo integer default 0,
  p_dt_inicio timestamptz default null, p_dt_fim timestamptz default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  v_de timestamp := coalesce(p_dt_inicio at time zone 'UTC', '-infinity');
  v_ate timestamp := coalesce(p_dt_fim at time zone 'UTC', 'infinity');
  v_dispositivos integer[];
begin
  perform private.exigir('read');
  v_dispositivos := array(
    select a."cdDispositivo" from unnest(private.alvos_do_historico(p_cd_cliente, p_cd_dispositivo, null)) a);
  perform private.exigir_ate(private.contar_historico(array(
    select row(d, null, null)::private.alvo_historico from unnest(v_dispositivos) d), p_cd_cliente, v_de, v_ate), 100000);
  return (
    select coalesce(json_agg(v order by v."dtRegistro" desc, v."cdDispositivo", v."cdSensor"), '[]')
    from public."VwRelHistoricoDispositivoProduto" v
    where v."cdDispositivo" = any (v_dispositivos) and v."dtRegistro" between v_de and v_ate
      and (p_cd_cliente is null or v."cdCliente" = p_cd_cliente));
end
$$;
comment on function public.get_historico_leituras(integer, integer, timestamptz, timestamptz) is
  'Deprecated, to be removed on 2027-11-30: use get_historico_paginado. One row for each reading of a position.';
revoke all on function public.get_historico_leituras(integer, integer, timestamptz, timestamptz) from public;
grant execute on function public.get_historico_leituras(integer, integer, timestamptz, timestamptz) to authenticated, service_role;
-- end

-- from sql/60_rpc/30_get_dados_dispositivos.sql
-- Devices of products with their site and current position, as VwRelDadosDispositivo shows them.
-- p_cd_dispositivo   0: all;  p_dt_inicio, p_dt_fim  when they last reported, both ends included; null: ever
-- Who: callers with the permission read; row-level security decides which devices.
create function public.get_dados_dispositivos(p_cd_dispositivo integer default 0, p_dt_inicio timestamptz default null,
                                              p_dt_fim timestamptz default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir('read');
  return (
    select coalesce(json_agg(v order by v."cdDispositivo"), '[]')
    from public."VwRelDadosDispositivo" v
    where (p_cd_dispositivo = 0 or v."cdDispositivo" = p_cd_dispositivo)
      and (p_dt_inicio is null or v."dtRegistro" >= p_dt_inicio at time zone 'UTC')
      and (p_dt_fim is null or v."dtRegistro" <= p_dt_fim at time zone 'UTC'));
end
$$;
comment on function public.get_dados_dispositivos(integer, timestamptz, timestamptz) is 'Devices with their site and current position.';
revoke all on function public.get_dados_dispositivos(integer, timestamptz, timestamptz) from public;
grant execute on function public.get_dados_dispositivos(integer, timestamptz, timestamptz) to authenticated, service_role;
-- end

-- from sql/60_rpc/31_registrar_posicao.sql
-- One reading as old trackers send it, without a time; a thin case of insert_device_readings. Its verdict, and with it the rows
-- that were stored: {verdict, …, posicao: {column: value …, sensores: [{column: value}]}}; posicao null unless stored.
-- p_leitura   one element of insert_device_readings; a time in it is not looked at, it is stored as of now
-- Who: callers with the permission ingest. Security definer: they need not be able to read; what is told is what they sent.
create function public.registrar_posicao(p_leitura jsonb) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_agora timestamp := now() at time zone 'UTC';
  v_veredito jsonb := public.insert_device_readings(jsonb_build_array(p_leitura - 'dtRegistro')) -> 'results' -> 0;
begin
  return v_veredito || jsonb_build_object('posicao', (
    select to_jsonb(p) || jsonb_build_object('sensores', (
      select coalesce(jsonb_agg(to_jsonb(r) order by r."cdSensor"), '[]')
      from public."TbSensorVinculo" v
      join public."TbSensorRegistro" r on r."cdSensor" = v."cdSensor" and r."dtRegistro" = p."dtRegistro"
      where v."cdDispositivo" = p."cdDispositivo" and r."cdPosicao" = p."cdPosicao"))
    from public."TbPosicao" p
    where p."cdPosicao" = (v_veredito ->> 'cdPosicao')::bigint and p."cdDispositivo" = (p_leitura ->> 'cdDispositivo')::integer
      and p."dtRegistro" between v_agora and v_agora + interval '1 second')); -- readings without a time are told apart by microseconds
end
$$;
comment on function public.registrar_posicao(jsonb) is 'Stores one reading as of now and answers with the rows that were stored.';
revoke all on function public.registrar_posicao(jsonb) from public;
grant execute on function public.registrar_posicao(jsonb) to authenticated, service_role;
-- end

-- from sql/60_rpc/32_get_posicoes_geojson.sql
-- Current positions as a GeoJSON FeatureCollection (RFC 7946): a point for each device that ever told its coordinates, the columns of
-- VwTbPosicaoAtual as properties. Arguments and who as for get_posicoes_atuais.
create function public.get_posicoes_geojson(p_cd_produto integer default null, p_cd_dispositivos integer[] default null,
                                            p_desde timestamptz default null, p_area jsonb default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir('read');
  return (
    select json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(json_build_object(
      'type', 'Feature', 'id', v."cdDispositivo",
      'geometry', json_build_object('type', 'Point', 'coordinates', json_build_array(v."dsLong", v."dsLat")),
      'properties', to_jsonb(v) - '{dsLat,dsLong}'::text[]) order by v."cdDispositivo"), '[]'))
    from public."VwTbPosicaoAtual" v
    where v."dsLat" is not null and (p_cd_produto is null or v."cdProduto" = p_cd_produto)
      and (p_cd_dispositivos is null or v."cdDispositivo" = any (p_cd_dispositivos))
      and (p_desde is null or v."dtAlteracao" > p_desde)
      and (p_area is null or v."cdDispositivo" in (select private.dispositivos_na_area(p_area))));
end
$$;
comment on function public.get_posicoes_geojson(integer, integer[], timestamptz, jsonb) is 'Current positions as GeoJSON.';
revoke all on function public.get_posicoes_geojson(integer, integer[], timestamptz, jsonb) from public;
grant execute on function public.get_posicoes_geojson(integer, integer[], timestamptz, jsonb) to authenticated, service_role;
-- end

-- from sql/50_views/11_VwSaudeFrota.sql
-- How each device gets on, for the dashboard, from its reports of the last seven full days (São Paulo) and today. Time outside its
-- measuring window counts as no time at all: silence then is no gap, and nothing is missing.
create view public."VwSaudeFrota" with (security_invoker = true) as
select d."cdDispositivo", d."dsDispositivo", d."cdCliente", d."cdProduto", d."cdStatus", u."dtRegistro" as "dtUltimoRegistro",
       extract(epoch from now() at time zone 'UTC' - u."dtRegistro")::double precision as "nrSegundosSemRegistro",
       extract(epoch from u."dtRegistro" - u."dtAlteracao" at time zone 'UTC')::double precision as "nrDesvioRelogio",
       r.cadencia as "nrCadencia", g.lacunas as "nrLacunas", g.maior as "nrMaiorLacuna", u."nrBat",
       r.tendencia as "nrTendenciaBateria", c.completude as "jsCompletude"
from public."TbDispositivo" d
left join public."TbPosicaoAtual" u on u."cdDispositivo" = d."cdDispositivo"
cross join lateral (
  select (now() at time zone 'America/Sao_Paulo')::date - 7 as primeiro, coalesce(extract(epoch from d."horarioMedicaoInicio"), 0) as inicio,
         coalesce(nullif((86400 + extract(epoch from d."horarioMedicaoFim" - d."horarioMedicaoInicio")::integer) % 86400, 0), 86400)
           as segundos -- of a day in which it is to report
) j
cross join lateral (
  select percentile_cont(0.5) within group (order by i.silencio) as cadencia, array_agg(i.silencio) as silencios,
         array_agg(i.data) as datas,
         case when max(i.dia) - min(i.dia) >= 1 then regr_slope(i."nrBat", i.dia) end as tendencia -- minutes foretell nothing
  from (
    select p."nrBat", (p."dtRegistro" at time zone 'UTC' at time zone 'America/Sao_Paulo')::date as data,
           (extract(epoch from p."dtRegistro") / 86400)::double precision as dia,
           (extract(epoch from p."dtRegistro" - lag(p."dtRegistro") over w) - (86400 - j.segundos)
              * (floor((extract(epoch from p."dtRegistro") - j.inicio) / 86400)
                 - floor((extract(epoch from lag(p."dtRegistro") over w) - j.inicio) / 86400)))::double precision as silencio
    from public."TbPosicao" p
    where p."cdDispositivo" = d."cdDispositivo"
      and p."dtRegistro" >= j.primeiro::timestamp at time zone 'America/Sao_Paulo' at time zone 'UTC'
      and p."dtRegistro" < (j.primeiro + 9)::timestamp at time zone 'America/Sao_Paulo' at time zone 'UTC' -- no partitions ahead
      and private.na_janela(p."dtRegistro"::time, d."horarioMedicaoInicio", d."horarioMedicaoFim")
    window w as (order by p."dtRegistro", p."nrSeq")
  ) i
) r
cross join lateral (
  select count(*) filter (where s > 3 * r.cadencia) as lacunas, max(s) as maior from unnest(r.silencios) s
) g
cross join lateral (
  select jsonb_object_agg(t.dia, case when r.cadencia > 0 then least(1, round((t.qtd * r.cadencia / j.segundos)::numeric, 3)) end) as completude
  from (
    select j.primeiro + n as dia, count(x.data) as qtd
    from generate_series(0, 6) n
    left join unnest(r.datas) as x(data) on x.data = j.primeiro + n
    group by 1
  ) t
) c;
revoke all on public."VwSaudeFrota" from public, anon, authenticated;
grant select on public."VwSaudeFrota" to authenticated, service_role;
comment on view public."VwSaudeFrota" is 'How each device gets on: when it was last heard of, how regularly it reports, its clock and its battery.';
comment on column public."VwSaudeFrota"."nrSegundosSemRegistro" is 'Seconds since the time of its latest report.';
comment on column public."VwSaudeFrota"."nrDesvioRelogio" is 'Seconds by which the time of its latest report lay ahead of (+) or behind (-) its receipt.';
comment on column public."VwSaudeFrota"."nrCadencia" is 'Seconds usually between two reports: the median of the last seven days.';
comment on column public."VwSaudeFrota"."nrLacunas" is 'How often in the last seven days it was silent for more than three times as long.';
comment on column public."VwSaudeFrota"."nrMaiorLacuna" is 'Longest silence between two reports in the last seven days, in seconds.';
comment on column public."VwSaudeFrota"."nrTendenciaBateria" is 'Volts a day that the battery gains (+) or loses (-): a line through the last seven days; null for less than one.';
comment on column public."VwSaudeFrota"."jsCompletude" is 'Of each of the last seven full days (São Paulo): reports received of those expected at the usual cadence, 0 to 1.';
-- end
