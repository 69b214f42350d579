-- What an installation added to tables and views of the system, and what becomes of each. The text of
-- reached.sql is put in by the command.
with recursive {reached},
system_policy(relation, name) as (values
  ('TbCliente', 'somente usuarios com acesso ao cliente ou pai'),
  ('TbClienteChave', 'somente api pode fazer mudanças na chave'), ('TbClienteChave', 'todos podem ver'),
  ('TbDestinatario', 'Somente usuarios com acesso ao cliente'),
  ('TbDispositivo', 'Somente usuarios com acesso ao cliente'),
  ('TbEndereco', 'somente api pode fazer mudanças'), ('TbEndereco', 'todos podem ver'),
  ('TbImagens', 'Somente usuarios com acesso ao cliente'),
  ('TbPosicao', 'Somente usuarios com acesso ao cliente'),
  ('TbProduto', 'Somente usuarios com acesso ao cliente'),
  ('TbProdutoItem', 'Somente usuarios com acesso ao cliente'),
  ('TbProdutoItemJoinTable', 'apenas autenticados podem ler'),
  ('TbProdutoItemJoinTable', 'apenas usuarios com acesso podem modificar'),
  ('TbSensor', 'Somente usuarios com acesso ao cliente'),
  ('TbSensorRegistro', 'Somente usuarios com acesso ao cliente'),
  ('TbTipoSensor', 'somente autenticados podem ler'), ('profiles', 'Enable read access for all users')
)
select format('view %s', v.oid::regclass) as what,
       'is created again on the new tables, with its owner, grants, comments, triggers and rules' as fate
from own_view v
union all
select format('policy %I on %s', p.polname, p.polrelid::regclass),
       case when x.is_kept then 'stays' || case when p.polrelid in (select oid from replaced)
                                             then ', on the new table' else '' end
            else 'is not carried, because it could show callers of the API more than the policies of the new '
                 'system; scripts/convert back restores it' end
from pg_catalog.pg_policy p
join system_table t on t.oid = p.polrelid
join pg_catalog.pg_class c on c.oid = t.oid
cross join lateral (
  select not p.polpermissive or not p.polroles && array(select a.oid from api_role a) as is_kept) x
where not exists (
  select from system_policy s where s.relation = c.relname and s.name = p.polname)
union all
select format('policy %I on %s', p.polname, p.polrelid::regclass),
       'is created again, as it reads a table or view that is replaced'
from own_policy o join pg_catalog.pg_policy p on p.oid = o.oid
union all
select format('trigger %I on %s', g.tgname, g.tgrelid::regclass), 'stays'
from pg_catalog.pg_trigger g
join system_table t on t.oid = g.tgrelid
where not g.tgisinternal and g.tgname not like 'conversao\_%' and t.oid not in (select oid from replaced)
union all
select format('publication %I of %s', b.pubname, r.prrelid::regclass),
       case when c.relname = 'TbEndereco' then 'has the new table, too'
            else 'is not carried, because a view cannot be published, and of a partitioned table subscribers '
                 'would see the partitions; scripts/convert back restores it' end
from pg_catalog.pg_publication_rel r
join pg_catalog.pg_publication b on b.oid = r.prpubid
join replaced e on e.oid = r.prrelid
join pg_catalog.pg_class c on c.oid = e.oid
union all
select format('publication %I of schema %I', b.pubname, n.nspname),
       'stays: it has the new tables of the schema, too, but not the time series'
from pg_catalog.pg_publication_namespace p
join pg_catalog.pg_publication b on b.oid = p.pnpubid
join pg_catalog.pg_namespace n on n.oid = p.pnnspid
where n.nspname in ('public', 'inventario')
union all
select format('%s on %s for %I', string_agg(a.privilege_type, ', ' order by a.privilege_type),
              c.oid::regclass, o.rolname),
       case when c.oid not in (select oid from replaced)
              then 'is granted again: the new view has the rights of whoever reads it'
            else 'is granted again as far as reading goes: rows are written by ingestion only' end
from pg_catalog.pg_class c
cross join lateral aclexplode(c.relacl) a
join own_role o on o.oid = a.grantee and o.oid <> c.relowner
where c.oid in (select oid from replaced union all select oid from system_view)
group by c.oid, o.rolname
union all
select format('%s (%s) on %s for %I', a.privilege_type,
              string_agg(quote_ident(t.attname), ', ' order by t.attnum), c.oid::regclass, o.rolname),
       'is granted again as far as reading goes'
from pg_catalog.pg_class c
join pg_catalog.pg_attribute t on t.attrelid = c.oid and not t.attisdropped
cross join lateral aclexplode(t.attacl) a
join own_role o on o.oid = a.grantee
where c.oid in (select oid from replaced union all select oid from system_view)
group by c.oid, o.rolname, a.privilege_type
union all
select format('comment on %s %s', i.type, i.identity),
       'gives way to that of the new system; scripts/convert back restores it'
from pg_catalog.pg_description d
cross join lateral pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) i
where d.classoid = 'pg_class'::regclass
  and d.objoid in (select oid from system_table union all select oid from system_view)
union all
select format('statistics %I', s.stxname), 'end with the old table at finish'
from pg_catalog.pg_statistic_ext s
where s.stxrelid in (select oid from replaced)
union all
select format('function %s', p.oid::regprocedure),
       'stays; its text names a table that is replaced, which can be read as before, and written with the '
       'service key only'
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'private', 'conversao', 'series')
  and p.prosrc ~ '"(TbPosicao|TbSensorRegistro)"'
  and not (n.nspname = 'public' and p.proname ~ ('^(get_clientes?(_.*)?|get_grouped_sensor_data|'
    'get_lista_dispositivos_resumo|get_(abertura_porta|movimento_pessoas|temperatura|camera_categorias)_.*|'
    'get_historico_paginado|get_device_aggregations|insert_device_reading.*|handle_new_user)$'))
  and not exists (select from pg_catalog.pg_depend d where d.objid = p.oid and d.deptype = 'e')
order by 1
