-- Texts that are longer than their columns take; the bounds are those of the table, by its types and checks.
-- Who may call it: the API roles, for criar_cadastros.
create function private.text_errors(p_kind private.entity_kind, p_rows jsonb) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  with bound as materialized (
    select a.attname as name, min(coalesce(
             (regexp_match(pg_get_constraintdef(k.oid), 'char_length\(.*\) <= (\d+)'))[1]::integer,
             nullif(a.atttypmod, -1) - 4)) as most
    from pg_attribute a
    left join pg_constraint k on k.conrelid = a.attrelid and k.contype = 'c' and k.conkey = array[a.attnum]
    where a.attrelid = format('public.%I', p_kind.table_name)::regclass and a.attnum > 0
      and a.atttypid in ('text'::regtype, 'varchar'::regtype)
    group by a.attname
  )
  select coalesce(jsonb_agg(jsonb_build_object(
           'linha', l.n - 1, 'coluna', b.name,
           'texto', format('%s has at most %s characters', b.name, b.most)) order by l.n, b.name), '[]')
  from jsonb_array_elements(p_rows) with ordinality as l(e, n)
  cross join bound b
  where char_length(l.e ->> b.name) > b.most
$$;
comment on function private.text_errors is
  'Texts of new rows that are longer than their columns take: [{linha, coluna, texto}].';
revoke all on function private.text_errors from public;
grant execute on function private.text_errors to authenticated, service_role;
