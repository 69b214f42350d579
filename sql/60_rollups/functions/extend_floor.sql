-- What was there before the rollups, newest first. Nobody needs to be waited for: below the watermark every writer marks.
create function private.extend_floor() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_watermark private."TbRollupMarca";
  v_end timestamp;
  v_new timestamp;
  v_done integer;
begin
  select m.* into v_watermark from private."TbRollupMarca" m for update;
  v_end := private.series_start();
  if not isfinite(v_watermark."dtPiso") or v_end >= v_watermark."dtPiso" then
    return 0;
  end if;
  v_new := greatest(v_end, date_trunc('month', v_watermark."dtPiso" - interval '1 hour'), v_watermark."dtPiso"
    - make_interval(hours => private.hours_per_step(v_watermark."dtPiso" - interval '1 hour')));
  v_done := private.sum_hours_of_all(v_new, v_watermark."dtPiso")
    + private.count_hours_of_all(v_new, v_watermark."dtPiso", v_new, v_watermark."dtMarca");
  perform private.sum_days_of_all(private.next_day_start(v_new), least(private.next_day_start(v_watermark."dtPiso"),
                                                                          date_trunc('day', v_watermark."dtMarca")));
  update private."TbRollupMarca" set "dtPiso" = v_new;
  return v_done + 1;
end
$$;
comment on function private.extend_floor is 'Sums up some more of the past.';
revoke all on function private.extend_floor from public;
