-- Part of private.choose_resolution. Who may call it: every API role.
create function private.count_buckets(p_minutes integer, p_since timestamp, p_until timestamp) returns bigint
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select (date_part('epoch', date_bin(l.width, p_until - interval '1 microsecond', timestamp '2000-01-01')
                           - date_bin(l.width, p_since, timestamp '2000-01-01')) / 60)::bigint / p_minutes + 1
  from (select make_interval(mins => p_minutes) as width) l
$$;
comment on function private.count_buckets is 'How many buckets a time range touches, its end excluded.';
revoke all on function private.count_buckets from public;
grant execute on function private.count_buckets to authenticated, service_role;
