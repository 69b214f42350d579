-- Bytes that a row of a time series takes on disk, with its indexes, as measured over the partitions that
-- have been analysed; null before any has.
create function private.row_width(p_table text) returns double precision
language sql stable set search_path = pg_catalog, pg_temp as $$
  select sum(pg_total_relation_size(c.oid)) / nullif(sum(c.reltuples), 0)
  from pg_inherits i
  join pg_class c on c.oid = i.inhrelid and c.reltuples > 0
  where i.inhparent = to_regclass(format('series.%I', p_table))
$$;
comment on function private.row_width is 'Measured bytes of a row of a time series with its indexes.';
revoke all on function private.row_width from public;
