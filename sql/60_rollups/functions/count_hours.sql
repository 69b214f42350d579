-- Counts positions inside the measuring windows of their devices. A day of a device is one row of
-- TbContagemDiaria: the hours requested are counted again, the others keep their counts, unless they were
-- counted for another measuring window: then the whole day is counted again.
-- p_devices, p_since, p_until   devices, each with whole hours of one day, end excluded
-- p_floor, p_watermark          where counting begins and ends
create function private.count_hours(p_devices integer[], p_since timestamp[], p_until timestamp[],
  p_floor timestamp, p_watermark timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_days integer;
begin
  with target as materialized (
    select a.device, a.since::date as day, d."horarioMedicaoInicio" as starts, d."horarioMedicaoFim" as ends,
           case when other.has_other_window then greatest(date_trunc('day', a.since), p_floor)
                else a.since end as since,
           case when other.has_other_window
                then least(date_trunc('day', a.since) + interval '1 day', p_watermark)
                else a.until end as until
    from unnest(p_devices, p_since, p_until) as a(device, since, until)
    left join public."TbDispositivo" d on d."cdDispositivo" = a.device
    cross join lateral (
      select exists (
        select from series."TbContagemDiaria" c
        where c."cdDispositivo" = a.device and c."dtDia" = a.since::date
          and (c."horarioMedicaoInicio", c."horarioMedicaoFim")
            is distinct from (d."horarioMedicaoInicio", d."horarioMedicaoFim")
      ) as has_other_window
    ) other
  ), old_row as (
    delete from series."TbContagemDiaria" c
    using target a
    where c."cdDispositivo" = a.device and c."dtDia" = a.day
    returning c."cdDispositivo", c."cdCliente", c."dtDia", c."nrHoras", a.since, a.until
  ), hour as (
    select v."cdDispositivo", v."cdCliente", v."dtDia", h.n as hour, v."nrHoras"[h.n + 1] as quantity
    from old_row v cross join generate_series(0, 23) as h(n)
    where v."dtDia" + make_interval(hours => h.n) < v.since
       or v."dtDia" + make_interval(hours => h.n) >= v.until
    union all
    select a.device, p."cdCliente", a.day, p.hour, p.quantity
    from target a
    cross join lateral (
      select p."cdCliente", extract(hour from p."dtRegistro")::integer as hour,
             count(*) filter (
               where private.in_measuring_window(p."dtRegistro"::time, a.starts, a.ends))::integer as quantity
      from private.positions_between(a.device, a.since, a.until) p
      group by 1, 2
      offset 0
    ) p
  ), day as (
    select "cdDispositivo", "cdCliente", "dtDia", sum(quantity)::integer as total,
           array_agg(hour) as hours, array_agg(quantity) as quantities
    from hour
    group by 1, 2, 3
  )
  insert into series."TbContagemDiaria" (
    "cdDispositivo", "cdCliente", "dtDia", "nrQtd", "nrHoras", "horarioMedicaoInicio", "horarioMedicaoFim")
  select d."cdDispositivo", d."cdCliente", d."dtDia", d.total,
         array(select coalesce(d.quantities[array_position(d.hours, n)], 0)
               from generate_series(0, 23) n order by n),
         a.starts, a.ends
  from day d
  join target a on a.device = d."cdDispositivo" and a.day = d."dtDia"
  order by 1, 3, 2;
  get diagnostics v_days = row_count;
  return v_days;
end
$$;
comment on function private.count_hours is
  'Counts the positions of devices in whole hours; returns how many days were written.';
revoke all on function private.count_hours from public;
