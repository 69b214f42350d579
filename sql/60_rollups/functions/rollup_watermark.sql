-- Rollups and counters are right from the floor up to the watermark, except for dirty hours; everything else
-- is read from the values and positions.
-- Security definer: no API role may read TbRollupMarca. Who may call it: every API role.
create function private.rollup_watermark(out floor timestamp, out watermark timestamp)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m."dtPiso", m."dtMarca" from private."TbRollupMarca" m
$$;
comment on function private.rollup_watermark is 'From which time up to which there are rollups and counters.';
revoke all on function private.rollup_watermark from public;
grant execute on function private.rollup_watermark to authenticated, service_role;
