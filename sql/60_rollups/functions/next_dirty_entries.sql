-- All entries of TbRollupPendente of up to 500 dirty hours, the oldest first. Part of
-- private.redo_dirty_hours.
create function private.next_dirty_entries() returns bigint[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  with dirty_hour as (
    select distinct p."cdSensor", p."cdDispositivo", p."dtHora"
    from (select * from private."TbRollupPendente" order by "cdPendente" limit 10000) p
    where isfinite(p."dtHora")
    limit 500
  )
  select array(
    select p."cdPendente" from dirty_hour h
    join private."TbRollupPendente" p on p."cdSensor" = h."cdSensor" and p."dtHora" = h."dtHora"
    union all
    select p."cdPendente" from dirty_hour h
    join private."TbRollupPendente" p on p."cdDispositivo" = h."cdDispositivo" and p."dtHora" = h."dtHora")
$$;
comment on function private.next_dirty_entries is 'The entries of TbRollupPendente that are done next.';
revoke all on function private.next_dirty_entries from public;
