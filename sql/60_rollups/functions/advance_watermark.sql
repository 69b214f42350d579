-- Announce; note from which transaction on everybody knows; sum up once all older ones are over. The number is taken in a
-- transaction after the announcement, when that is there for all to see.
create function private.advance_watermark() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_watermark private."TbRollupMarca";
  v_target timestamp;
  v_done integer := 0;
begin
  select m.* into v_watermark from private."TbRollupMarca" m for update;
  if v_watermark."dtAnunciada" = v_watermark."dtMarca" then
    select date_trunc('hour', now() at time zone 'UTC' - make_interval(mins => config."nrMinutosRollup"))
    into v_target from private."TbConfiguracao" config;
    if isfinite(v_watermark."dtMarca") then
      v_target := least(v_target, v_watermark."dtMarca" + make_interval(hours => private.hours_per_step(v_watermark."dtMarca")));
    end if;
    update private."TbRollupMarca" set "dtAnunciada" = v_target, "xiAnuncio" = null, "dtAnuncio" = now()
    where v_target > "dtMarca";
    return found::integer;
  end if;
  if v_watermark."dtAnuncio" = now() then
    return 0; -- by this very transaction: nobody has seen it yet
  end if;
  if v_watermark."xiAnuncio" is null then
    update private."TbRollupMarca" set "xiAnuncio" = pg_snapshot_xmax(pg_current_snapshot());
    return 1;
  end if;
  if not private.announcement_is_known(v_watermark."xiAnuncio") then
    return 0;
  end if;
  if isfinite(v_watermark."dtMarca") then
    v_done := private.sum_hours_of_all(v_watermark."dtMarca", v_watermark."dtAnunciada")
      + private.count_hours_of_all(v_watermark."dtMarca", v_watermark."dtAnunciada", v_watermark."dtPiso", v_watermark."dtAnunciada");
    perform private.sum_days_of_all(greatest(date_trunc('day', v_watermark."dtMarca"), private.next_day_start(v_watermark."dtPiso")),
                                        date_trunc('day', v_watermark."dtAnunciada"));
  end if;
  update private."TbRollupMarca" set "dtMarca" = "dtAnunciada", "xiAnuncio" = null,
    "dtPiso" = case when isfinite("dtPiso") then "dtPiso" else "dtAnunciada" end;
  return v_done + 1;
end
$$;
comment on function private.advance_watermark is 'Brings the watermark one step further.';
revoke all on function private.advance_watermark from public;
