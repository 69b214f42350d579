-- Statements that drop the partitions of new tables, some at a time: a transaction can lock so many only.
select string_agg(format('drop table %s', p.relation), '; ')
from (
  select i.inhrelid::regclass as relation, row_number() over (order by i.inhrelid) as n
  from pg_catalog.pg_inherits i
  join conversao."TbConversaoFeito" f
    on f."cdObjeto" = i.inhparent and f."cdClasse" = 'pg_class'::regclass
  join pg_catalog.pg_class c on c.oid = i.inhrelid and c.relkind = 'r'
) p
group by p.n / 50
