-- Maintenance step: moves the watermark forward, one part of it per call. First the next watermark is
-- announced; then the transaction number is noted from which on every writer knows of it (in a later
-- transaction, when the announcement is visible to all); once all older transactions have ended, the hours
-- are summed up and the watermark moves. Writers never wait: see private.mark_dirty_hours. Each call is one
-- transaction and continues where the last one ended.
-- Returns how much it did; 0 when there is nothing to do for now.
create function private.advance_watermark() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_state private."TbRollupMarca";
  v_done integer := 0;
begin
  select m.* into v_state from private."TbRollupMarca" m for update;
  if v_state."dtAnunciada" = v_state."dtMarca" then
    return private.announce_watermark(v_state);
  end if;
  if v_state."dtAnuncio" = now() then
    return 0; -- announced by this very transaction: nobody can see it yet
  end if;
  if v_state."xiAnuncio" is null then
    update private."TbRollupMarca" set "xiAnuncio" = pg_snapshot_xmax(pg_current_snapshot());
    return 1;
  end if;
  if not private.announcement_is_known(v_state."xiAnuncio") then
    return 0;
  end if;

  if isfinite(v_state."dtMarca") then
    v_done := private.sum_hours_of_all(v_state."dtMarca", v_state."dtAnunciada")
      + private.count_hours_of_all(
          v_state."dtMarca", v_state."dtAnunciada", v_state."dtPiso", v_state."dtAnunciada");
    perform private.sum_days_of_all(
      greatest(date_trunc('day', v_state."dtMarca"), private.next_day_start(v_state."dtPiso")),
      date_trunc('day', v_state."dtAnunciada"));
  end if;
  update private."TbRollupMarca" set "dtMarca" = "dtAnunciada", "xiAnuncio" = null,
    "dtPiso" = case when isfinite("dtPiso") then "dtPiso" else "dtAnunciada" end;
  return v_done + 1;
end
$$;
comment on function private.advance_watermark is 'Maintenance step: moves the watermark forward.';
revoke all on function private.advance_watermark from public;
