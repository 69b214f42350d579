-- Statements that take back what prepare did to old tables. Each locks one of them, or two, for a moment. In
-- order: triggers, keys of new tables to old ones, names.
select statement from (
  select 1 as step, t.tgrelid::bigint as place,
         string_agg(format('drop trigger %I on %s', t.tgname, t.tgrelid::regclass), '; ') as statement
  from pg_catalog.pg_trigger t
  join pg_catalog.pg_class c on c.oid = t.tgrelid and c.relnamespace = 'public'::regnamespace
  where t.tgname like 'conversao\_%' and not t.tgisinternal
  group by t.tgrelid
  union all
  select 2, c.oid::bigint, format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname)
  from pg_catalog.pg_constraint c
  where c.contype = 'f' and c.conparentid = 0
    and (c.connamespace = 'conversao'::regnamespace or c.conrelid in (
      select f."cdObjeto" from conversao."TbConversaoFeito" f where f."cdClasse" = 'pg_class'::regclass))
    and c.confrelid not in (
      select f."cdObjeto" from conversao."TbConversaoFeito" f where f."cdClasse" = 'pg_class'::regclass)
  union all
  select 3, c.oid::bigint,
         format('alter table %s rename constraint %I to %I', c.conrelid::regclass, c.conname, n."dsNome")
  from conversao."TbConversaoNome" n
  join pg_catalog.pg_constraint c on c.oid = n."cdObjeto" and c.conname <> n."dsNome"
  where n."cdClasse" = 'pg_constraint'::regclass
  union all
  select 3, i.oid::bigint, format('alter index %s rename to %I', i.oid::regclass, n."dsNome")
  from conversao."TbConversaoNome" n
  join pg_catalog.pg_class i on i.oid = n."cdObjeto" and i.relname <> n."dsNome"
  where n."cdClasse" = 'pg_class'::regclass
) s
order by step, place
