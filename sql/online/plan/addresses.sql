-- The coordinates of old addresses, whose text may be anything: a pair of numbers in range, or none. What
-- migration 20261122000300 makes of them, too. `chosen_addresses` are the rows to look at.
select e."cdEndereco", case when pair.is_valid then btrim(e."dsLat")::double precision end as "dsLat",
       case when pair.is_valid then btrim(e."dsLong")::double precision end as "dsLong",
       not pair.is_valid and coalesce(nullif(btrim(e."dsLat"), ''), nullif(btrim(e."dsLong"), '')) is not null
         as is_unreadable
from chosen_addresses e
cross join lateral (
  select coalesce(
    case when e."dsLat" ~ '^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?\s*$'
           then e."dsLat"::numeric between -90 and 90 end
    and case when e."dsLong" ~ '^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?\s*$'
           then e."dsLong"::numeric between -180 and 180 end, false) as is_valid
  offset 0
) pair
