-- Reads buckets: from a rollup where it is right, from the readings elsewhere. The answer is what the readings would give.
create function private.rollup_watermark(out floor timestamp, out watermark timestamp)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m."dtPiso", m."dtMarca" from private."TbRollupMarca" m
$$;
comment on function private.rollup_watermark is 'Between which times rollups and counters are kept.';
revoke all on function private.rollup_watermark from public;
grant execute on function private.rollup_watermark to authenticated, service_role;
