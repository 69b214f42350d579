-- Rows of one kind, in pages by key: {data, nextCursor, versao}; versao is that of the row when one key is
-- asked for. Devices come with what they last said of themselves (jsMeta, dtMeta), which is no part of the
-- version: it changes with every reading.
-- p_cadastro   clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos,
--              produtos-dispositivos, sensores, tipos-sensor
-- p_codigo     only this key
-- p_filtros    {column: value}; private.find_entity_kind lists the columns
-- p_page_size  rows per page, 1 to 1,000; null: all
-- p_cursor     nextCursor of the previous page
-- Who: callers with the permission read; row-level security decides which rows.
-- Raises PT400 INVALID_PARAMETER, PT404 NOT_FOUND (no such name).
create function public.get_cadastros(
  p_cadastro text, p_codigo integer default null, p_filtros jsonb default '{}',
  p_page_size integer default 50, p_cursor integer default null
) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_kind private.entity_kind := private.find_entity_kind(p_cadastro);
  v_answer json;
begin
  perform private.require_permission('read');
  perform private.require_page(coalesce(p_page_size, 1));
  execute format($sql$
    with entry as materialized (
      select t.%2$I::bigint as code, private.describe_row(t) as entry,
             row_number() over (order by t.%2$I) as n
      from public.%1$I t cross join jsonb_populate_record(null::public.%1$I, $1) f
      where ($2 is null or t.%2$I = $2) and ($3 is null or t.%2$I > $3) and %3$s
      order by t.%2$I limit $4 + 1
    )
    select json_build_object(
      'data', (
        select coalesce(json_agg(%4$s order by l.n), '[]') from entry l where $4 is null or l.n <= $4),
      'nextCursor', (
        select l.code from entry l where l.n = $4 and exists (select from entry m where m.n > $4)),
      'versao', (select private.row_version(l.entry) from entry l where $2 is not null))
    $sql$, v_kind.table_name, v_kind.key, private.filter_condition(v_kind, p_filtros),
    case v_kind.table_name when 'TbDispositivo' then 'private.with_meta(l.entry)' else 'l.entry' end)
  into v_answer
  using p_filtros, p_codigo, p_cursor, p_page_size;
  return v_answer;
end
$$;
comment on function public.get_cadastros is
  'Devices, sensors, sites and the rest of the registry, in pages.';
revoke all on function public.get_cadastros from public;
grant execute on function public.get_cadastros to authenticated, service_role;
