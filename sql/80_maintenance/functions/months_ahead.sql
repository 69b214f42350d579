-- Of the partitioned table that has the fewest. Part of public.get_saude_series.
create function private.months_ahead() returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(min(t.months), 0)::integer
  from (
    select (select count(*) from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = p.oid
              and private.partition_month(c.relname) > now() at time zone 'UTC') as months
    from pg_class p where p.relnamespace = 'series'::regnamespace and p.relkind = 'p'
  ) t
$$;
comment on function private.months_ahead is
  'For how many months after the current one every partitioned table has partitions.';
revoke all on function private.months_ahead from public;
