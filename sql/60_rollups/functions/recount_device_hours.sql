-- Counts the positions of dirty hours of devices again; of each day from the first dirty hour to the last
-- one.
-- Part of private.redo_dirty_hours.
-- p_entries              keys of TbRollupPendente
-- p_floor, p_watermark   hours outside them are not counted
create function private.recount_device_hours(p_entries bigint[], p_floor timestamp, p_watermark timestamp)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_days record;
begin
  select array_agg(d."cdDispositivo") as devices, array_agg(d.since) as since, array_agg(d.until) as until
  into v_days
  from (
    select p."cdDispositivo", min(p."dtHora") as since, max(p."dtHora") + interval '1 hour' as until
    from private."TbRollupPendente" p
    where p."cdPendente" = any (p_entries) and p."cdDispositivo" is not null
      and p."dtHora" >= p_floor and p."dtHora" < p_watermark
      and not exists (
        select from series."TbPosicaoFria" c
        where c."blDanificado" and c."cdDispositivo" = p."cdDispositivo"
          and c."dtPrimeiro" < p."dtHora" + interval '1 hour' and c."dtUltimo" >= p."dtHora")
    group by p."cdDispositivo", p."dtHora"::date
  ) d;
  perform private.count_hours(v_days.devices, v_days.since, v_days.until, p_floor, p_watermark);
end
$$;
comment on function private.recount_device_hours is 'Counts the positions of dirty hours of devices again.';
revoke all on function private.recount_device_hours from public;
