-- Where time series can begin, as seen from the names of the partitions.
create function private.series_start() returns timestamp
language sql stable set search_path = pg_catalog, pg_temp as $$
  select min(private.partition_month(c.relname))
  from pg_class c
  where c.relnamespace = 'particoes'::regnamespace and c.relname ~ '^(TbSensorRegistro|TbPosicao)_\d'
$$;
comment on function private.series_start is 'Start of the oldest partition of values or positions.';
revoke all on function private.series_start from public;
