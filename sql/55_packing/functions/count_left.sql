-- How many rows a partition has left, counted up to 1,001; 0 where there is none. Part of
-- private.retire_partitions.
create function private.count_left(p_partition regclass) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_rows bigint := 0;
begin
  if p_partition is not null then
    execute format('select count(*) from (select from %s limit 1001) r', p_partition) into v_rows;
  end if;
  return v_rows;
end
$$;
comment on function private.count_left is 'How many rows a partition has left, up to 1,001.';
revoke all on function private.count_left from public;
