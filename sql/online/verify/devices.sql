-- Devices and months whose rows differ, and in what.
select c.table_name, c."cdDispositivo", c.month, c.old_rows::bigint, c.carried::bigint, c.merged::bigint,
       c.quarantined::bigint, c.differences
from compared c
where c.differences <> '{}'
order by 1, 2 nulls first, 3 nulls first
limit 100
