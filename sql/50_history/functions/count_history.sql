-- The exact total of a history. Whole hours come from TbContagemDiaria; positions are counted one by one only
-- before and after those hours, in dirty hours, and on days that were counted for another measuring window.
-- Who may call it: every API role; row-level security decides which rows count.
create function private.count_history(p_targets private.history_target[], p_client integer, p_since timestamp,
  p_until timestamp) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_watermark record := private.rollup_watermark();
  v_end timestamp := case when p_until < '10000-01-01' then p_until + interval '1 microsecond' -- included
                          else 'infinity' end;
  v_first_hour timestamp := date_trunc('hour',
    least(greatest(p_since, v_watermark.floor), '10000-01-01') + interval '1 hour'
    - interval '1 microsecond');
  v_last_hour timestamp := date_trunc('hour', least(v_end, v_watermark.watermark));
  v_dirty private.data_range[];
  v_other_windows private.data_range[];
  v_counted bigint;
begin
  if not v_first_hour < v_last_hour then
    return private.count_positions(p_targets, p_client, private.ranges_of_targets(p_targets, p_since, v_end));
  end if;

  v_dirty := private.dirty_count_hours(p_targets, v_first_hour, v_last_hour);
  select coalesce(sum(d.total) filter (where d.is_valid), 0),
         coalesce(array_agg(distinct d.time_range) filter (where not d.is_valid), '{}')
  into v_counted, v_other_windows
  from private.counted_days(p_targets, p_client, v_first_hour, v_last_hour) d;

  if v_dirty <> '{}' then
    v_counted := v_counted - private.counted_hours(p_targets, p_client, v_dirty);
  end if;
  return v_counted + private.count_positions(p_targets, p_client,
    private.ranges_of_targets(p_targets, p_since, v_first_hour)
    || private.ranges_of_targets(p_targets, v_last_hour, v_end)
    || v_other_windows
    || private.ranges_outside(v_dirty, v_other_windows));
end
$$;
comment on function private.count_history is 'How many positions a history has on all its pages.';
revoke all on function private.count_history from public;
grant execute on function private.count_history to authenticated, service_role;
