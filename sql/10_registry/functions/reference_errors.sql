-- Codes that new rows name must be ones the caller may refer to; whether others exist is not disclosed. Each
-- code is looked up once, however many rows name it, and what the caller manages is read once, however many
-- codes there are (types: private.resolve_types). The columns are those of the answer of criar_cadastros.
-- Called by private.row_errors.
-- Security definer: looks codes up among rows that the caller may not read.
create function private.reference_errors(p_rows jsonb) returns table (linha integer, coluna text, texto text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  with named as materialized (
    select (l.n - 1)::integer as linha, c.key as coluna, c.value::text::integer as code
    from jsonb_array_elements(p_rows) with ordinality as l(e, n)
    cross join lateral jsonb_each(l.e) c
    where c.key in ('cdCliente', 'cdDestinatario', 'cdProduto', 'cdDispositivo', 'cdProdutoItem')
      and c.value <> 'null'
  ), unknown as materialized (
    select d.coluna, d.code
    from (select distinct coluna, code from named) d
    where not case d.coluna
      when 'cdCliente' then d.code = any ((select private.managed_clients())::integer[])
        or (select private.is_service()) and d.code in (select c."cdCliente" from public."TbCliente" c)
      when 'cdDestinatario' then d.code in (select private.managed_sites())
      when 'cdProduto' then d.code in (select private.managed_products())
      when 'cdDispositivo' then d.code in (select private.managed_devices())
      when 'cdProdutoItem' then d.code in (
          select i."cdProdutoItem" from public."TbProdutoItem" i -- is_foreign_item would say so, one by one
          where i."cdCliente" = any ((select private.visible_clients())::integer[]))
        or exists (select from public."TbProdutoItem" i where i."cdProdutoItem" = d.code)
          and not private.is_foreign_item(d.code)
    end
  )
  select d.linha, d.coluna, format('%s %s is not known', d.coluna, d.code)
  from named d
  join unknown u using (coluna, code)
$$;
comment on function private.reference_errors is 'Rows that refer to what the caller may not use.';
revoke all on function private.reference_errors from public;
