-- An invalid index is maintained but never used; a large index that is never used slows down every writer.
select i.indexrelid::regclass::text as oque,
       case when not i.indisvalid then 'The index is not valid: building it was interrupted'
            else format('It has not been used since %s and takes %s', s.stats_reset::date,
                        pg_size_pretty(pg_relation_size(i.indexrelid))) end as porque,
       case when not i.indisvalid then format('drop index %s; and create it again', i.indexrelid::regclass)
            else 'Check whether any query still needs it; otherwise drop it' end as remedio
from pg_index i
join pg_stat_user_indexes u on u.indexrelid = i.indexrelid
cross join (select stats_reset from pg_stat_database where datname = current_database()) s
where u.schemaname in ('public', 'series', 'private', 'particoes', 'inventario')
  and (not i.indisvalid
    or u.idx_scan = 0 and not i.indisunique and pg_relation_size(i.indexrelid) > 64 * 1024 * 1024
       and s.stats_reset < now() - interval '7 days')
