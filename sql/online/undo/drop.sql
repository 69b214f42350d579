-- What prepare made goes, and schema conversao with it. Nothing else depends on it: see dependents.sql.
-- Roles and extensions stay where somebody uses them; other databases of the server may.
do $$
declare
  v_one record;
begin
  for v_one in
    select case f."cdClasse"
             when 'pg_class'::regclass then case c.relkind when 'S' then format('drop sequence if exists %s',
               c.oid::regclass) when 'v' then format('drop view if exists %s cascade', c.oid::regclass)
               when 'c' then format('drop type if exists %s cascade', c.oid::regclass)
               else format('drop table if exists %s cascade', c.oid::regclass) end
             when 'pg_proc'::regclass then format('drop routine if exists %s cascade', p.oid::regprocedure)
             when 'pg_type'::regclass then format('drop type if exists %s cascade', t.oid::regtype)
             else format('drop schema %I', n.nspname) end as statement
    from conversao."TbConversaoFeito" f
    left join pg_catalog.pg_class c on c.oid = f."cdObjeto" and f."cdClasse" = 'pg_class'::regclass
      and c.relkind in ('r', 'p', 'v', 'S', 'c')
    left join pg_catalog.pg_proc p on p.oid = f."cdObjeto" and f."cdClasse" = 'pg_proc'::regclass
    left join pg_catalog.pg_type t on t.oid = f."cdObjeto" and f."cdClasse" = 'pg_type'::regclass
    left join pg_catalog.pg_namespace n on n.oid = f."cdObjeto" and f."cdClasse" = 'pg_namespace'::regclass
    where coalesce(c.oid, p.oid, t.oid, n.oid) is not null and n.nspname is distinct from 'extensions'
    order by array_position(array['pg_class', 'pg_proc', 'pg_type', 'pg_namespace']::regclass[]::oid[],
                            f."cdClasse"), c.relkind = 'S'
  loop
    execute v_one.statement;
  end loop;
  for v_one in
    select coalesce('drop extension ' || quote_ident(e.extname), 'drop role ' || quote_ident(r.rolname),
                    'drop schema ' || quote_ident(n.nspname)) as statement
    from conversao."TbConversaoFeito" f
    left join pg_catalog.pg_extension e on e.oid = f."cdObjeto" and f."cdClasse" = 'pg_extension'::regclass
    left join pg_catalog.pg_roles r on r.oid = f."cdObjeto" and f."cdClasse" = 'pg_authid'::regclass
    left join pg_catalog.pg_namespace n on n.oid = f."cdObjeto" and f."cdClasse" = 'pg_namespace'::regclass
    where coalesce(e.oid, r.oid, n.oid) is not null
    order by e.oid nulls last, n.oid nulls last -- then roles
  loop
    begin
      execute v_one.statement;
    exception when dependent_objects_still_exist or insufficient_privilege then
      raise warning 'stays, as it is used: % (%)', v_one.statement, sqlerrm;
    end;
  end loop;
  drop schema if exists legado; -- empty since the way back
  drop schema conversao cascade;
end
$$
