-- The comparison by table and month.
select c.table_name, c.month, sum(c.old_rows)::bigint as old_rows, sum(c.carried)::bigint as carried,
       sum(c.merged)::bigint as merged, sum(c.quarantined)::bigint as quarantined,
       count(*) filter (where c.differences <> '{}') as devices_that_differ
from compared c
group by 1, 2
order by 1, 2 nulls first
