-- How many hours to sum up in one transaction, so that it stays short: about 50 MB of values and positions,
-- judged by the size of the month's partitions.
create function private.hours_per_step(p_time timestamp) returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  select greatest(1, least(
    744, 744 * 50000000::bigint / greatest(1, coalesce(sum(pg_relation_size(c.oid)), 0))))::integer
  from pg_class c
  where c.relnamespace = 'particoes'::regnamespace
    and c.relname in (
      'TbSensorRegistro_' || to_char(p_time, 'YYYY_MM'), 'TbPosicao_' || to_char(p_time, 'YYYY_MM'))
$$;
comment on function private.hours_per_step is 'How many hours around a time are summed up in one step.';
revoke all on function private.hours_per_step from public;
