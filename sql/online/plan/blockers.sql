-- What a conversion cannot take along: objects that an installation added and that hang on what is replaced.
-- Views are not among them: they are created again on what takes its place. The text of reached.sql is put in
-- by the command.
with recursive {reached}, typed as (
  select c.oid, c.reltype, y.typarray
  from (select t.oid from replaced t union all select v.oid from system_view v union all
        select o.oid from own_view o) r
  join pg_class c on c.oid = r.oid join pg_type y on y.oid = c.reltype
)
select distinct format('materialized view %s reads %s', c.oid::regclass, t.oid::regclass) as what,
       format('drop it, and create it again after the switch: %s', c.oid::regclass) as remedy
from pg_depend d
join pg_rewrite w on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass
join pg_class c on c.oid = w.ev_class and c.relkind = 'm'
join reader t on t.oid = d.refobjid and d.refclassid = 'pg_class'::regclass and t.oid <> c.oid
union all
select format('view %s belongs to %I', c.oid::regclass, o.rolname),
       format('it is created again and has to be given back to its owner: grant %I to %I, and create on '
              'schema %s to %I; or drop it', o.rolname, current_user, c.relnamespace::regnamespace, o.rolname)
from own_view v
join pg_class c on c.oid = v.oid
join pg_roles o on o.oid = c.relowner
where not case when current_setting('server_version_num')::integer >= 160000
            then pg_has_role(current_user, c.relowner, 'set')
            else pg_has_role(current_user, c.relowner, 'member') end
  or not has_schema_privilege(c.relowner, c.relnamespace, 'create')
union all
select format('the policy %I on %s, which belongs to %I, reads a table or view that is replaced', p.polname,
              p.polrelid::regclass, o.rolname), 'drop it, and create it again after the switch'
from own_policy w
join pg_policy p on p.oid = w.oid
join pg_class c on c.oid = p.polrelid
join pg_roles o on o.oid = c.relowner
where not pg_has_role(current_user, c.relowner, 'usage')
union all
select format('the restrictive policy %I on %s', p.polname, p.polrelid::regclass),
       'drop it, and restrict these callers in another way: summaries are not computed row by row'
from pg_policy p
join pg_class c on c.oid = p.polrelid and c.relname in ('TbPosicao', 'TbSensorRegistro')
join replaced r on r.oid = c.oid
where not p.polpermissive and p.polroles && array(select a.oid from api_role a)
union all
select distinct pg_describe_object(d.classid, d.objid, 0) || ' depends on ' || r.oid::regclass,
       'drop it, and create it again after the switch'
from (select oid from reader union select s.oid from replaced r
      join pg_depend q on q.refobjid = r.oid and q.deptype in ('a', 'i') join pg_class s
        on s.oid = q.objid and q.classid = 'pg_class'::regclass and s.relkind = 'S') r
join pg_depend d on d.refobjid = r.oid and d.refclassid = 'pg_class'::regclass
left join pg_rewrite w on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass
left join pg_class v on v.oid = w.ev_class
left join pg_class k on k.oid = d.objid and d.classid = 'pg_class'::regclass
left join pg_attrdef f on f.oid = d.objid and d.classid = 'pg_attrdef'::regclass
where d.classid = 'pg_proc'::regclass -- with a body that is bound to what it reads
  or r.oid in (select oid from replaced) and (
    w.oid is not null and v.relkind not in ('v', 'm') -- a rule
    or k.relkind in ('r', 'p', 'f')) -- an heir
  or f.oid is not null and f.adrelid not in (select oid from replaced)
    and f.adrelid not in (select oid from reader) -- a default
union all
select distinct pg_describe_object(d.classid, d.objid, d.objsubid) || ' has the type ' || t.oid::regclass,
       'give it another type'
from typed t
join pg_depend d on d.refclassid = 'pg_type'::regclass and d.refobjid in (t.reltype, t.typarray)
join pg_class k on k.oid = d.objid and d.classid = 'pg_class'::regclass and k.relkind in ('r', 'p', 'c', 'f')
union all
select distinct format('%s uses %s.%I, which gets another type', pg_describe_object(d.classid, d.objid, 0),
  c.relname, a.attname), 'drop it, and create it again after the switch'
from pg_class c
join pg_attribute a on a.attrelid = c.oid
join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = a.attnum
where c.relnamespace = 'public'::regnamespace
  and (c.relname, a.attname) in (
    ('TbEstado', 'dsUf'), ('TbEstado', 'dsEstado'), ('TbMunicipio', 'cdMunicipioIBGE'),
    ('TbMunicipio', 'cdMunicipioCompleto'), ('TbMunicipio', 'dsMunicipio'), ('TbImagens', 'dsCaminho'),
    ('TbImagens', 'cdCodigo'), ('TbApiKeys', 'dsNome'), ('TbApiKeys', 'dsKey'))
  and (d.classid = 'pg_trigger'::regclass and exists (
         select from pg_trigger g where g.oid = d.objid and not g.tgisinternal)
    or d.classid = 'pg_attrdef'::regclass and exists (
         select from pg_attrdef f join pg_attribute o on o.attrelid = f.adrelid and o.attnum = f.adnum
         where f.oid = d.objid and o.attgenerated <> '')
    or d.classid = 'pg_publication_rel'::regclass)
union all
select format('%s refers to %s by the key %s', c.conrelid::regclass, r.oid::regclass, c.conname),
       'drop the key: the new time series cannot be the target of one'
from pg_constraint c
join replaced r on r.oid = c.confrelid and r.oid <> 'public."TbEndereco"'::regclass
where c.contype = 'f' and c.conrelid not in (select o.oid from replaced o)
union all
select format('the trigger %s on %s would not fire any more', t.tgname, r.oid::regclass),
       'drop it, and create it again after the switch, on series.' || quote_ident(c.relname)
         || ' (on public."TbEndereco" for addresses)'
from pg_trigger t
join replaced r on r.oid = t.tgrelid
join pg_class c on c.oid = r.oid
where not t.tgisinternal and t.tgname not like 'conversao\_%'
union all
select format('%s has the column %s, which is not carried', r.oid::regclass, a.attname),
       format('keep it in a table of your own by the code of the row, and drop it: create table … as '
         'select %I, '
              '%I from %s', case c.relname when 'TbEndereco' then 'cdEndereco' else 'cdPosicao' end,
              a.attname, r.oid::regclass)
from replaced r
join pg_class c on c.oid = r.oid
join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
where a.attname <> all (case c.relname
  when 'TbPosicao' then array['cdPosicao', 'nrBat', 'nrSeq', 'cdDispositivo', 'blArea', 'nrDistancia',
                              'dtRegistro', 'cdDestinatario', 'cdEndereco']
  when 'TbSensorRegistro' then array['cdDispositivo', 'cdSensor', 'cdPosicao', 'cdProdutoItem', 'nrValor',
                                     'dtRegistro']
  else array['cdEndereco', 'dsLogradouro', 'nrNumero', 'dsComplemento', 'dsBairro', 'dsCep', 'dsCidade',
             'dsUF', 'dsLat', 'dsLong', 'dtRegistro'] end)
union all
select format('the function %s takes or returns rows of a table or view that is replaced',
  p.oid::regprocedure),
       'drop it, and create it again after the switch'
from pg_proc p
where p.pronamespace not in (
    select n.oid from pg_namespace n where n.nspname in ('private', 'conversao')) and exists (
  select from typed t where array[t.reltype, t.typarray] && (p.proargtypes::oid[]
    || coalesce(p.proallargtypes, '{}') || p.prorettype))
union all
select format('the policy %s on %s calls %s, which is dropped', p.polname, p.polrelid::regclass,
  f.oid::regproc),
       'drop it, and create it again after the switch, by private.visible_clients()'
from pg_depend d
join pg_policy p on p.oid = d.objid and d.classid = 'pg_policy'::regclass
join pg_proc f on f.oid = d.refobjid and d.refclassid = 'pg_proc'::regclass
where f.pronamespace = 'public'::regnamespace and f.proname ~ '^get_cliente(_e_filhos|s_user(_by_\w+)?)?$'
  and (p.polrelid not in (select t.oid from system_table t)
    or not p.polpermissive or not p.polroles && array(select a.oid from api_role a))
union all
select format('publication %I is for all tables', b.pubname),
       'it would publish the partitions of the time series and what the conversion keeps, where rows without '
         'a key could not be changed: drop it, and create it for tables by name'
from pg_publication b where b.puballtables
union all
select format('publication %I has %s, which has no key: its rows cannot be changed', b.pubname,
              c.oid::regclass),
       format('alter table %s replica identity full; or take it out of the publication', c.oid::regclass)
from pg_publication_tables t
join pg_publication b on b.pubname = t.pubname and not b.puballtables and (b.pubupdate or b.pubdelete)
join pg_class c on c.relname = t.tablename and c.relnamespace = to_regnamespace(quote_ident(t.schemaname))
join system_table s on s.oid = c.oid
where c.relreplident <> 'f' and not exists (
  select from pg_index i where i.indrelid = c.oid and (i.indisprimary or i.indisreplident))
union all
select format('there is a schema %I, and the new system or its conversion makes one', n.nspname),
       'give it another name'
from pg_namespace n
where n.nspname in ('private', 'series', 'particoes', 'legado') and to_regnamespace('conversao') is null
order by 1
