-- Many new rows at once: what is wrong with any of them, each fault with its row (from 0) and column.

-- A code that a row names must be one the caller may point to; whether others exist is not told.
create function private.erro_do_codigo(p_coluna text, p_codigo integer) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select case when not case p_coluna
      when 'cdCliente' then p_codigo = any (private.clientes_administrados())
        or private.eh_servico() and exists (select from public."TbCliente" c where c."cdCliente" = p_codigo)
      when 'cdDestinatario' then p_codigo in (select private.destinatarios_administrados())
      when 'cdProduto' then p_codigo in (select private.produtos_administrados())
      when 'cdDispositivo' then p_codigo in (select private.dispositivos_administrados())
      when 'cdTipoSensor' then exists (select from public."TbTipoSensor" t where t.id = p_codigo)
      when 'cdProdutoItem' then exists (select from public."TbProdutoItem" i where i."cdProdutoItem" = p_codigo)
        and not private.item_alheio(p_codigo)
      else true
    end then format('%s %s is not known', p_coluna, p_codigo) end
$$;
comment on function private.erro_do_codigo(text, integer) is 'Why a new row may not name this code; null when it may.';
revoke all on function private.erro_do_codigo(text, integer) from public;

-- Each code is looked up once, however many rows name it.
create function private.erros_dos_codigos(p_linhas jsonb) returns table (linha integer, coluna text, texto text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with dito as materialized (
    select (l.n - 1)::integer as linha, c.key as coluna, c.value::text::integer as codigo
    from jsonb_array_elements(p_linhas) with ordinality as l(e, n)
    cross join lateral jsonb_each(l.e) c
    where c.key in ('cdCliente', 'cdDestinatario', 'cdProduto', 'cdDispositivo', 'cdTipoSensor', 'cdProdutoItem') and c.value <> 'null'
  ), julgado as materialized (
    select d.coluna, d.codigo, private.erro_do_codigo(d.coluna, d.codigo) as texto
    from (select distinct coluna, codigo from dito) d
  )
  select d.linha, d.coluna, j.texto
  from dito d
  join julgado j using (coluna, codigo)
  where j.texto is not null
$$;
comment on function private.erros_dos_codigos(jsonb) is 'Rows that name what the caller may not point to.';
revoke all on function private.erros_dos_codigos(jsonb) from public;

-- Names of points are unique on their device, among the new ones and with those that there are.
create function private.erros_dos_pontos(p_linhas jsonb) returns table (linha integer, coluna text, texto text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select p.linha, 'dsPonto', format('the device has a point %s already', left(p.ponto, 80))
  from (
    select (l.n - 1)::integer as linha, (l.e ->> 'cdDispositivo')::integer as dispositivo, l.e ->> 'dsPonto' as ponto,
           row_number() over (partition by l.e ->> 'cdDispositivo', l.e ->> 'dsPonto' order by l.n) as vez
    from jsonb_array_elements(p_linhas) with ordinality as l(e, n)
    where l.e ->> 'dsPonto' is not null
  ) p
  where p.dispositivo in (select private.dispositivos_administrados()) and (p.vez > 1 or exists (
    select from public."TbSensor" s where s."cdDispositivo" = p.dispositivo and s."dsPonto" = p.ponto))
$$;
comment on function private.erros_dos_pontos(jsonb) is 'Rows that name a point which their device has already.';
revoke all on function private.erros_dos_pontos(jsonb) from public;

-- Security definer: codes are looked up among rows that the caller may not read.
create function private.erros_do_lote(p_linhas jsonb) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(to_jsonb(e) order by e.linha, e.coluna), '[]')
  from (select * from private.erros_dos_codigos(p_linhas) union all select * from private.erros_dos_pontos(p_linhas)) e
$$;
comment on function private.erros_do_lote(jsonb) is 'All that is wrong with new rows: [{linha, coluna, texto}].';
revoke all on function private.erros_do_lote(jsonb) from public;
grant execute on function private.erros_do_lote(jsonb) to authenticated, service_role;
