-- The next watermark is the last full hour that is at least nrMinutosRollup old, but no more than one step
-- ahead (private.hours_per_step). Part of private.advance_watermark.
-- p_state   the row of TbRollupMarca, locked
create function private.announce_watermark(p_state private."TbRollupMarca") returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_next timestamp := (
    select date_trunc('hour', now() at time zone 'UTC' - make_interval(mins => config."nrMinutosRollup"))
    from private."TbConfiguracao" config);
begin
  if isfinite(p_state."dtMarca") then
    v_next := least(
      v_next, p_state."dtMarca" + make_interval(hours => private.hours_per_step(p_state."dtMarca")));
  end if;
  update private."TbRollupMarca" set "dtAnunciada" = v_next, "xiAnuncio" = null, "dtAnuncio" = now()
  where v_next > "dtMarca";
  return found::integer;
end
$$;
comment on function private.announce_watermark is 'Announces the next watermark; 0 when it is not due yet.';
revoke all on function private.announce_watermark from public;
