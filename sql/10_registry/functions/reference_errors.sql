-- Each code is looked up once, however many rows name it. The columns are those of the answer of
-- criar_cadastros. Called by private.row_errors.
create function private.reference_errors(p_rows jsonb) returns table (linha integer, coluna text, texto text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with named as materialized (
    select (l.n - 1)::integer as linha, c.key as coluna, c.value::text::integer as code
    from jsonb_array_elements(p_rows) with ordinality as l(e, n)
    cross join lateral jsonb_each(l.e) c
    where c.key in (
      'cdCliente', 'cdDestinatario', 'cdProduto', 'cdDispositivo', 'cdTipoSensor', 'cdProdutoItem')
      and c.value <> 'null'
  ), judged as materialized (
    select d.coluna, d.code, private.reference_error(d.coluna, d.code) as texto
    from (select distinct coluna, code from named) d
  )
  select d.linha, d.coluna, j.texto
  from named d
  join judged j using (coluna, code)
  where j.texto is not null
$$;
comment on function private.reference_errors is 'Rows that refer to what the caller may not use.';
revoke all on function private.reference_errors from public;
