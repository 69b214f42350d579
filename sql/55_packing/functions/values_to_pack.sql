-- The next values to pack: about 6,000 of one month, as ranges of sensors and clients for
-- private.pack_values. Where chunks exist already, a range ends where a chunk begins, so that late values go
-- into the chunk they belong to and chunks never overlap. What belongs to a damaged chunk is left alone.
-- p_from           the first sensor to look at
-- p_since, p_until the end is excluded
create function private.values_to_pack(p_from integer, p_since timestamp, p_until timestamp)
returns private.data_range[]
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_seqscan = off set enable_bitmapscan = off
set plan_cache_mode = force_custom_plan as $$
declare
  v_first record;
  v_month timestamp;
  v_damaged private.data_range[] := private.damaged_ranges('TbSensorRegistroFrio');
begin
  select r."cdSensor" as code, r."dtRegistro" as moment into v_first
  from series."TbSensorRegistro" r
  where r."cdSensor" >= p_from and r."dtRegistro" >= p_since and r."dtRegistro" < p_until
    and (v_damaged = '{}' or not exists (
      select from unnest(v_damaged) f where f.code = r."cdSensor" and f."cdCliente" = r."cdCliente"
        and r."dtRegistro" >= f.since and r."dtRegistro" < f.until))
  order by r."cdSensor", r."dtRegistro" limit 1;
  v_month := date_trunc('month', v_first.moment);
  return array(
    with chosen as materialized (
      select r."cdSensor" as code, r."cdCliente" as client, r."dtRegistro" as moment
      from series."TbSensorRegistro" r
      where r."cdSensor" >= v_first.code and r."dtRegistro" >= greatest(v_month, p_since)
        and r."dtRegistro" < least(v_month + interval '1 month', p_until)
        and (v_damaged = '{}' or not exists (
          select from unnest(v_damaged) f where f.code = r."cdSensor" and f."cdCliente" = r."cdCliente"
            and r."dtRegistro" >= f.since and r."dtRegistro" < f.until))
      order by r."cdSensor", r."dtRegistro" limit 6000
    ), cut as ( -- there may be more than were chosen: those of the last time are left for later
      select c.code, max(c.moment) as moment from chosen c
      where (select count(*) from chosen) = 6000 and c.code = (select max(code) from chosen)
      group by c.code having c.code > v_first.code or max(c.moment) > v_first.moment
    )
    select private.make_data_range(p_code => c.code, p_client => c.client,
      p_since => coalesce(before."dtPrimeiro", v_month),
      p_until => least(after."dtPrimeiro", v_month + interval '1 month',
        case when count(k.code) > 0
             then greatest(min(k.moment), before."dtUltimo" + interval '1 microsecond') end))
    from chosen c
    left join cut k on k.code = c.code
    left join lateral (
      select f."dtPrimeiro", f."dtUltimo" from series."TbSensorRegistroFrio" f
      where f."cdSensor" = c.code and f."cdCliente" = c.client
        and f."dtPrimeiro" >= v_month and f."dtPrimeiro" <= c.moment
      order by f."dtPrimeiro" desc limit 1
    ) before on true
    left join lateral (
      select f."dtPrimeiro" from series."TbSensorRegistroFrio" f
      where f."cdSensor" = c.code and f."cdCliente" = c.client
        and f."dtPrimeiro" > c.moment and f."dtPrimeiro" < v_month + interval '1 month'
      order by f."dtPrimeiro" limit 1
    ) after on true
    group by c.code, c.client, before."dtPrimeiro", before."dtUltimo", after."dtPrimeiro");
end
$$;
comment on function private.values_to_pack is 'The next values to pack, as ranges.';
revoke all on function private.values_to_pack from public;
