-- Where time series can begin, as seen from the names of the partitions. Months that are packed have those of
-- rollups only.
create function private.series_start() returns timestamp
language sql stable set search_path = pg_catalog, pg_temp as $$
  select min(private.partition_month(c.relname))
  from pg_class c
  where c.relnamespace = 'particoes'::regnamespace
    and c.relname ~ '^(TbSensorRegistro|TbSensorRegistro1h|TbPosicao)_\d'
$$;
comment on function private.series_start is 'Start of the oldest partition of values or positions.';
revoke all on function private.series_start from public;
