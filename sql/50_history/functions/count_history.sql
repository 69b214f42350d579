-- From the counters where they are right: whole hours between the ends that are counted, without marks, and for the window
-- that the device has now. The rest is counted.
create function private.count_history(p_targets private.history_target[], p_client integer, p_since timestamp,
  p_until timestamp) returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_watermark record := private.rollup_watermark();
  v_end timestamp := p_until + interval '1 microsecond'; -- the end is included
  v_since timestamp := date_trunc('hour', greatest(p_since, v_watermark.floor) + interval '1 hour' - interval '1 microsecond');
  v_until timestamp := date_trunc('hour', least(v_end, v_watermark.watermark));
  v_dirty private.data_range[];
  v_other_windows private.data_range[]; -- days counted for another window
  v_total bigint;
begin
  if not v_since < v_until then
    return private.count_positions(p_targets, p_client, array(
      select row(a."cdDispositivo", null, p_since, v_end)::private.data_range from unnest(p_targets) a));
  end if;
  v_dirty := private.dirty_count_hours(p_targets, v_since, v_until);
  with day as materialized (
    select c."cdDispositivo", c."dtDia", c."nrQtd", c."nrHoras", greatest(c."dtDia", v_since) as since,
           least(c."dtDia" + interval '1 day', v_until) as until,
           (c."horarioMedicaoInicio", c."horarioMedicaoFim") is not distinct from (a.starts, a.ends) as is_valid
    from unnest(p_targets) a
    join public."TbContagemDiaria" c on c."cdDispositivo" = a."cdDispositivo"
      and c."dtDia" >= v_since::date and c."dtDia" <= (v_until - interval '1 hour')::date
    where p_client is null or c."cdCliente" = p_client
  )
  select coalesce(sum(case
           when d.until - d.since = interval '1 day' then d."nrQtd"
           else (select sum(h) from unnest(d."nrHoras"[1 + extract(hour from d.since)::integer:
                                                        1 + extract(hour from d.until - interval '1 hour')::integer]) h)
         end) filter (where d.is_valid), 0)
         - coalesce(sum((
           select sum(d."nrHoras"[1 + extract(hour from f.since)::integer]) from unnest(v_dirty) f
           where f.code = d."cdDispositivo" and f.since::date = d."dtDia")) filter (where d.is_valid), 0),
         coalesce(array_agg(distinct row(d."cdDispositivo", null, d.since, d.until)::private.data_range) filter (where not d.is_valid), '{}')
  into v_total, v_other_windows
  from day d;
  return v_total + private.count_positions(p_targets, p_client, v_other_windows || array(
    select row(a."cdDispositivo", null, p_since, v_since)::private.data_range from unnest(p_targets) a where p_since < v_since
    union all
    select row(a."cdDispositivo", null, v_until, v_end)::private.data_range from unnest(p_targets) a where v_until < v_end
    union all
    select f from unnest(v_dirty) f
    where not exists (select from unnest(v_other_windows) x where x.code = f.code and f.since >= x.since and f.since < x.until)));
end
$$;
comment on function private.count_history is
  'How many positions all pages have together.';
revoke all on function private.count_history from public;
grant execute on function private.count_history to authenticated, service_role;
