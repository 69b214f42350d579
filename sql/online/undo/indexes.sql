-- Statements that drop the indexes which prepare built on old tables, while others use these.
select format('drop index concurrently %s', i.indexrelid::regclass)
from pg_catalog.pg_index i
join pg_catalog.pg_class t on t.oid = i.indrelid
join pg_catalog.pg_class x on x.oid = i.indexrelid
where t.relnamespace in ('public'::regnamespace, 'inventario'::regnamespace)
  and (x.relname in ('TbPosicao_conversao_idx', 'TbSensorRegistro_conversao_idx')
    or i.indexrelid in (
      select f."cdObjeto" from conversao."TbConversaoFeito" f where f."cdClasse" = 'pg_class'::regclass))
  and i.indrelid not in (
    select f."cdObjeto" from conversao."TbConversaoFeito" f where f."cdClasse" = 'pg_class'::regclass)
  and not exists (select from pg_catalog.pg_constraint c where c.conindid = i.indexrelid)
order by i.indexrelid
