-- Whole days that TbSensorRegistro1d has, in pieces of one distance to UTC. Days in which the clocks of the zone change, or in which
-- it is no whole hour away, are in none.
create function private.dias_inteiros(p_de timestamp, p_ate timestamp, p_fuso text)
returns table (de timestamp, ate timestamp, "nrDesvio" integer)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_marca record := private.marca_dos_rollups();
  v_de timestamp := private.dia_seguinte(greatest(p_de, v_marca.piso));
  v_ate timestamp := date_trunc('day', least(p_ate, v_marca.marca));
begin
  if not isfinite(v_marca.marca) or v_de >= v_ate then
    return;
  end if;
  return query
    select min(i.dia), max(i.dia) + interval '1 day', (date_part('epoch', i.desvio) / 3600)::integer
    from (
      select d.dia, d.desvio, d.dia - row_number() over (partition by d.desvio order by d.dia) * interval '1 day' as ilha
      from (
        select d as dia, (d at time zone 'UTC' at time zone p_fuso) - d as desvio,
               ((d + interval '1 day') at time zone 'UTC' at time zone p_fuso) - (d + interval '1 day') as depois
        from generate_series(v_de, v_ate - interval '1 day', '1 day') d
      ) d
      where d.desvio = d.depois and date_part('minute', d.desvio) = 0
    ) i
    group by i.desvio, i.ilha
    order by 1;
end
$$;
comment on function private.dias_inteiros(timestamp, timestamp, text) is 'Days that a rollup by day answers, and how many hours the zone is ahead of UTC.';
revoke all on function private.dias_inteiros(timestamp, timestamp, text) from public;
grant execute on function private.dias_inteiros(timestamp, timestamp, text) to authenticated, service_role;

-- What sensors add up to in whole days that have no marks. A row for each place on the axis, told by a time that lies there: of a
-- local day it is noon, which no change of clocks moves out of it.
-- p_eixo      total, hourly, daily, by_day_of_week
-- p_desvio    hours that the zone is ahead of UTC; its midnight cuts a day of UTC in two
-- How to get at the days is left to the planner, whatever the caller has set: of many sensors they lie next to each other.
create function private.somar_dias_inteiros(p_sensores integer[], p_de timestamp, p_ate timestamp, p_eixo text, p_desvio integer)
returns table (sensor integer, item integer, balde timestamp, qtd bigint, soma double precision)
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_seqscan = on set enable_bitmapscan = on set jit = off
set work_mem = '16MB' as $$
declare
  v_corte integer := (24 - p_desvio) % 24;
begin
  return query execute case p_eixo
    when 'total' then $s$
      select b."cdSensor", b."cdProdutoItem", null::timestamp, sum(b."nrQtd"), sum(b."nrSoma")
      from public."TbSensorRegistro1d" b
      where b."cdSensor" = any ($1) and b."dtBucket" >= $2 and b."dtBucket" < $3
      group by 1, 2
    $s$
    when 'hourly' then format($s$
      select d.sensor, null::integer, $2 + (h.n - 1) * interval '1 hour', h.qtd, h.soma
      from (
        select b."cdSensor" as sensor, %s
        from public."TbSensorRegistro1d" b
        where b."cdSensor" = any ($1) and b."dtBucket" >= $2 and b."dtBucket" < $3
        group by 1
      ) d
      cross join lateral unnest(array[%s], array[%s]) with ordinality as h(qtd, soma, n)
      where h.qtd > 0
    $s$, private.por_hora('sum(b."nrQtd##") as q##, sum(b."nrSoma##") as s##', 0, 24, ', '),
         private.por_hora('d.q##', 0, 24, ', '), private.por_hora('d.s##', 0, 24, ', '))
    else format($s$
      select m.sensor, null::integer, %s, sum(m.qtd), sum(m.soma)
      from (
        select b."cdSensor" as sensor, b."dtBucket" + interval '%s hours' as meio_dia, %s as qtd, %s as soma
        from public."TbSensorRegistro1d" b
        where b."cdSensor" = any ($1) and b."dtBucket" >= $2 and b."dtBucket" < $3
        union all
        select b."cdSensor", b."dtBucket" + interval '%s hours', %s, %s
        from public."TbSensorRegistro1d" b
        where b."cdSensor" = any ($1) and b."dtBucket" >= $2 and b."dtBucket" < $3
      ) m
      where m.qtd > 0
      group by 1, 3
    $s$, case p_eixo when 'daily' then 'm.meio_dia' else '$2 + (m.meio_dia - date_bin(''7 days'', m.meio_dia, $2))' end,
         v_corte - 12, coalesce(private.por_hora('b."nrQtd##"', 0, v_corte, ' + '), '0'),
         coalesce(private.por_hora('b."nrSoma##"', 0, v_corte, ' + '), '0'),
         v_corte + 12, private.por_hora('b."nrQtd##"', v_corte, 24, ' + '), private.por_hora('b."nrSoma##"', v_corte, 24, ' + '))
  end using p_sensores, p_de, p_ate;
end
$$;
comment on function private.somar_dias_inteiros(integer[], timestamp, timestamp, text, integer) is 'Counts and sums of sensors from rollups by day.';
revoke all on function private.somar_dias_inteiros(integer[], timestamp, timestamp, text, integer) from public;
grant execute on function private.somar_dias_inteiros(integer[], timestamp, timestamp, text, integer) to authenticated, service_role;
