-- Maintenance step: sums up what was stored before there were rollups, newest first, one part per call. It
-- waits for no transaction, as below the watermark every writer marks dirty hours.
-- Returns how much it did; 0 when everything is summed up.
create function private.extend_floor() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_state private."TbRollupMarca";
  v_end timestamp;
  v_new timestamp;
  v_done integer;
begin
  select m.* into v_state from private."TbRollupMarca" m for update;
  v_end := private.series_start();
  if not isfinite(v_state."dtPiso") or v_end >= v_state."dtPiso" then
    return 0;
  end if;
  v_new := greatest(
    v_end,
    date_trunc('month', v_state."dtPiso" - interval '1 hour'),
    v_state."dtPiso" - make_interval(hours => private.hours_per_step(v_state."dtPiso" - interval '1 hour')));
  v_done := private.sum_hours_of_all(v_new, v_state."dtPiso")
    + private.count_hours_of_all(v_new, v_state."dtPiso", v_new, v_state."dtMarca");
  perform private.sum_days_of_all(
    private.next_day_start(v_new),
    least(private.next_day_start(v_state."dtPiso"), date_trunc('day', v_state."dtMarca")));
  update private."TbRollupMarca" set "dtPiso" = v_new;
  return v_done + 1;
end
$$;
comment on function private.extend_floor is 'Maintenance step: sums up earlier hours.';
revoke all on function private.extend_floor from public;
