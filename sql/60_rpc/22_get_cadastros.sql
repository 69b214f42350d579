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
