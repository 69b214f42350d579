-- How many positions and values of a device there are, or p_limit of each if there are more.
create function private.count_raw_series(p_device integer, p_sensors integer[], p_limit integer)
returns bigint
language sql stable set search_path = pg_catalog, pg_temp as $$
  select (select count(*) from (
            select from private.positions_between(p_device, '-infinity', 'infinity') p limit p_limit) p)
    + (select count(*) from (
         select from unnest(p_sensors) s
         cross join lateral private.values_between(s, '-infinity', 'infinity') r
         where r."cdDispositivo" = p_device limit p_limit) r)
$$;
comment on function private.count_raw_series is
  'How many positions and values of a device there are, at most.';
revoke all on function private.count_raw_series from public;
