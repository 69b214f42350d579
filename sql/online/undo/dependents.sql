-- What an installation has added meanwhile that would go with what prepare made: relations, functions and
-- types, and what hangs on its own tables.
with recursive made(class, object) as (
  select f."cdClasse", f."cdObjeto" from conversao."TbConversaoFeito" f
  where f."cdClasse" not in ('pg_authid'::regclass, 'pg_extension'::regclass)
    and f."cdObjeto" is distinct from to_regnamespace('extensions')
  union
  select 'pg_namespace'::regclass::oid, 'conversao'::regnamespace::oid
), gone(class, object) as (
  select m.class, m.object from made m
  union
  select d.classid, d.objid from gone g
  join pg_catalog.pg_depend d on d.refclassid = g.class and d.refobjid = g.object
), ours(object) as (
  select m.object from made m where m.class = 'pg_class'::regclass
  union
  select c.oid from pg_catalog.pg_class c where c.relnamespace = to_regnamespace('conversao')
  union
  select i.inhrelid from pg_catalog.pg_inherits i join made m on m.object = i.inhparent
), indexes(object) as (
  select i.indexrelid from pg_catalog.pg_index i join ours o on o.object = i.indrelid
)
select distinct pg_describe_object(g.class, g.object, 0) as what
from gone g
left join pg_catalog.pg_class c on c.oid = g.object and g.class = 'pg_class'::regclass
left join pg_catalog.pg_proc p on p.oid = g.object and g.class = 'pg_proc'::regclass
left join pg_catalog.pg_type t on t.oid = g.object and g.class = 'pg_type'::regclass
left join pg_catalog.pg_policy y on y.oid = g.object and g.class = 'pg_policy'::regclass
left join pg_catalog.pg_trigger r on r.oid = g.object and g.class = 'pg_trigger'::regclass
  and not r.tgisinternal and r.tgname not like 'conversao\_%'
left join pg_catalog.pg_constraint k on k.oid = g.object and g.class = 'pg_constraint'::regclass
left join pg_catalog.pg_rewrite w on w.oid = g.object and g.class = 'pg_rewrite'::regclass
left join pg_catalog.pg_attrdef a on a.oid = g.object and g.class = 'pg_attrdef'::regclass
where not exists (select from made m where m.class = g.class and m.object = g.object)
  and (c.oid is not null and c.relnamespace <> 'pg_toast'::regnamespace
         and c.oid not in (select object from ours) and c.oid not in (select object from indexes)
    or p.oid is not null and p.pronamespace <> to_regnamespace('conversao')
    or t.oid is not null and t.typrelid = 0 and t.typelem = 0
         and t.typnamespace <> to_regnamespace('conversao')
    or coalesce(y.polrelid, r.tgrelid, k.conrelid, w.ev_class, a.adrelid) not in (select object from ours))
order by 1
limit 20
