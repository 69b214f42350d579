-- Part of private.count_history: dirty hours of a day that is counted completely must not be counted twice.
-- Who may call it: every API role.
create function private.ranges_outside(p_ranges private.data_range[], p_covered private.data_range[])
returns private.data_range[]
language sql immutable set search_path = pg_catalog, pg_temp set enable_hashjoin = on as $$
  select array(
    select f from private.unnest_ranges(p_ranges) f
    where not exists (
      select from private.unnest_ranges(p_covered) x
      where x.code = f.code and f.since >= x.since and f.since < x.until))
$$;
comment on function private.ranges_outside is 'Those time ranges that begin in none of the others.';
revoke all on function private.ranges_outside from public;
grant execute on function private.ranges_outside to authenticated, service_role;
