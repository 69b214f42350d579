-- Partitions are named <table>_YYYY_MM. Null for any other name, so that it can be called for every table.
create function private.partition_month(p_name text) returns timestamp
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when p_name ~ '_\d{4}_(0[1-9]|1[0-2])$'
    then make_timestamp(left(right(p_name, 7), 4)::integer, right(p_name, 2)::integer, 1, 0, 0, 0) end
$$;
comment on function private.partition_month is 'The month of a partition, by its name.';
revoke all on function private.partition_month from public;
