-- New sensors may name their type (dsTipoSensor) instead of its number. Returns {linhas: the rows with
-- numbers, erros: [{linha, coluna, texto}]}, the columns of the answer of criar_cadastros. A row whose device
-- the caller does not manage can have types for all only: that device is refused anyway.
-- Who may call it: the API roles, for criar_cadastro and criar_cadastros.
-- Security definer: looks types and devices up that the caller may not read.
create function private.resolve_types(p_rows jsonb) returns jsonb
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  with line as materialized (
    select (l.n - 1)::integer as linha, l.e - 'dsTipoSensor' as entry, l.e ->> 'cdTipoSensor' as code,
           normalize(btrim(l.e ->> 'dsTipoSensor'), nfc) as name,
           jsonb_build_array(l.e -> 'cdTipoSensor', normalize(btrim(l.e ->> 'dsTipoSensor'), nfc), (
             select d."cdCliente" from public."TbDispositivo" d
             where d."cdDispositivo" = private.read_integer(l.e -> 'cdDispositivo')
               and (d."cdCliente" = any ((select private.managed_clients())::integer[])
                    or (select private.is_service())))) as wanted
    from jsonb_array_elements(p_rows) with ordinality as l(e, n)
  ), judged as materialized (
    select l.linha, l.entry, t.id, case
        when l.code is null and l.name is null then 'is required'
        when l.code is not null and l.name is not null then 'must not be given together with dsTipoSensor'
        when t.id is null then left(coalesce(l.name, 'cdTipoSensor ' || l.code), 80) || ' is not known'
        when t.is_retired then 'the type has been retired'
      end as texto, case when l.code is null and l.name is not null then 'dsTipoSensor'
                         else 'cdTipoSensor' end as coluna
    from line l
    left join private.find_types(array(select k.wanted from line k)) t on t.wanted = l.wanted
  )
  select jsonb_build_object(
    'linhas', jsonb_agg(case when j.id is null then j.entry
                             else j.entry || jsonb_build_object('cdTipoSensor', j.id) end order by j.linha),
    'erros', coalesce(jsonb_agg(jsonb_build_object('linha', j.linha, 'coluna', j.coluna, 'texto', j.texto)
                                order by j.linha) filter (where j.texto is not null), '[]'))
  from judged j
$$;
comment on function private.resolve_types is
  'New sensors with the numbers of their types, and what is wrong with these.';
revoke all on function private.resolve_types from public;
grant execute on function private.resolve_types to authenticated, service_role;
