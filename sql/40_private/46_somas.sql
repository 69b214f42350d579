-- What the sensors of devices add up to: the parts of the aggregations.

-- Security definer: which devices a sensor was on must not depend on who asks; of devices only visible ones are looked at.
create function private.sensores_de(p_dispositivos integer[], p_tipos bigint[])
returns table ("cdDispositivo" integer, "cdSensor" integer, "cdTipoSensor" bigint, "blSempre" boolean)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  v_visiveis integer[] := private.clientes_visiveis();
begin
  return query
    select distinct v."cdDispositivo", v."cdSensor", s."cdTipoSensor",
           not exists (select from public."TbSensorVinculo" o
                       where o."cdSensor" = v."cdSensor" and o."cdDispositivo" <> v."cdDispositivo")
    from public."TbDispositivo" d
    join public."TbSensorVinculo" v on v."cdDispositivo" = d."cdDispositivo"
    join public."TbSensor" s on s."cdSensor" = v."cdSensor"
    where d."cdDispositivo" = any (p_dispositivos) and d."cdCliente" = any (v_visiveis) and s."cdTipoSensor" = any (p_tipos);
end
$$;
comment on function private.sensores_de(integer[], bigint[]) is
  'Sensors of some types that ever were on these devices, and whether on no other.';
revoke all on function private.sensores_de(integer[], bigint[]) from public;
grant execute on function private.sensores_de(integer[], bigint[]) to authenticated, service_role;

-- Not inlined, on purpose: of an array the planner believes that it has ten elements, and would look through all sensors for each bucket
-- of each of them. This many it puts into a hash table.
create function private.desdobrar(p_sensores integer[], p_dispositivos integer[], p_tipos bigint[])
returns table (sensor integer, dispositivo integer, tipo bigint)
language sql immutable rows 1000 set search_path = pg_catalog, pg_temp as $$
  select * from unnest(p_sensores, p_dispositivos, p_tipos)
$$;
comment on function private.desdobrar(integer[], integer[], bigint[]) is 'Sensors with their device and type as rows.';
revoke all on function private.desdobrar(integer[], integer[], bigint[]) from public;
grant execute on function private.desdobrar(integer[], integer[], bigint[]) to authenticated, service_role;

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

create function private.somar_baldes(p_minutos integer, p_sensores integer[], p_de timestamp, p_ate timestamp, p_por_balde boolean)
returns table (sensor integer, item integer, balde timestamp, qtd bigint, soma double precision)
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set enable_bitmapscan = off set jit = off set work_mem = '16MB' set plan_cache_mode = force_generic_plan as $$
declare
  v_plano private.plano_de_leitura := private.planejar_leitura(p_minutos, p_sensores, p_de, p_ate);
begin
  return query
    select b."cdSensor", b."cdProdutoItem", case when p_por_balde then b."dtBucket" end, sum(b."nrQtd"), sum(b."nrSoma")
    from private.baldes(p_minutos, p_sensores, v_plano, false) b
    group by 1, 2, 3;
end
$$;
comment on function private.somar_baldes(integer, integer[], timestamp, timestamp, boolean) is 'Counts and sums of sensors from rollups by hour or five minutes.';
revoke all on function private.somar_baldes(integer, integer[], timestamp, timestamp, boolean) from public;
grant execute on function private.somar_baldes(integer, integer[], timestamp, timestamp, boolean) to authenticated, service_role;

-- Sensors that were on one device only are answered by rollups: whole days by those of days, the rest, and sensors with
-- marks in these days, by finer ones. Of other sensors each reading says which device it came from.
-- p_minutos      width of the finer buckets, 5 or 60
-- p_de, p_ate    the end is excluded
-- p_eixo         total, or the axis of a chart: hourly, daily, by_day_of_week; p_fuso its time zone
-- There may be several rows of the same: they add up. Only totals say the product item.
create function private.somar_dispositivos(p_minutos integer, p_dispositivos integer[], p_tipos bigint[], p_de timestamp,
                                           p_ate timestamp, p_eixo text, p_fuso text)
returns table ("cdDispositivo" integer, "cdTipoSensor" bigint, "cdProdutoItem" integer, "dtBucket" timestamp,
               "nrQtd" bigint, "nrSoma" double precision)
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_mergejoin = off set enable_seqscan = off
set enable_bitmapscan = off set jit = off set work_mem = '16MB' set plan_cache_mode = force_generic_plan as $$
declare
  v_dispositivos integer[];
  v_sensores integer[];
  v_tipos bigint[];
  v_sempre boolean[];
  v_fixos integer[];
  v_limpos integer[];
  v_marcados integer[];
  v_marca record := private.marca_dos_rollups();
begin
  select array_agg(s."cdDispositivo"), array_agg(s."cdSensor"), array_agg(s."cdTipoSensor"), array_agg(s."blSempre"),
         coalesce(array_agg(s."cdSensor") filter (where s."blSempre"), '{}')
  into v_dispositivos, v_sensores, v_tipos, v_sempre, v_fixos
  from private.sensores_de(p_dispositivos, p_tipos) s;
  v_marcados := array(select distinct m.codigo from unnest(private.marcas_de(v_fixos, p_de, date_trunc('day', least(p_ate, v_marca.marca)))) m);
  v_limpos := array(select f from unnest(v_fixos) f except all select m from unnest(v_marcados) m);
  return query
    with dias as materialized (
      select * from private.dias_inteiros(p_de, p_ate, p_fuso)
    ), lacuna as (
      select coalesce(lag(d.ate) over (order by d.de), p_de) as de, d.de as ate from dias d
      union all
      select coalesce(max(d.ate), p_de), p_ate from dias d
    ), parte as (
      select null::integer as dispositivo, s.* from dias d
      cross join lateral private.somar_dias_inteiros(v_limpos, d.de, d.ate, p_eixo, d."nrDesvio") s
      union all
      select null, s.* from lacuna l
      cross join lateral private.somar_baldes(p_minutos, v_limpos, l.de, l.ate, p_eixo <> 'total') s
      where l.de < l.ate
      union all
      select null, s.* from private.somar_baldes(p_minutos, v_marcados, p_de, p_ate, p_eixo <> 'total') s
      where v_marcados <> '{}'
      union all
      select r."cdDispositivo", r."cdSensor", r."cdProdutoItem",
             case when p_eixo <> 'total' then date_bin(make_interval(mins => p_minutos), r."dtRegistro", timestamp '2000-01-01') end,
             count(*), sum(private.somavel(r."nrValor"))
      from unnest(v_sensores, v_dispositivos, v_sempre) as s(sensor, dispositivo, sempre)
      join public."TbSensorRegistro" r on r."cdSensor" = s.sensor and r."cdDispositivo" = s.dispositivo
        and r."dtRegistro" >= p_de and r."dtRegistro" < p_ate
      where not s.sempre and r."nrValor" is not null
      group by 1, 2, 3, 4
    )
    select s.dispositivo, s.tipo, p.item, p.balde, p.qtd, p.soma
    from parte p
    join private.desdobrar(v_sensores, v_dispositivos, v_tipos) s
      on s.sensor = p.sensor and s.dispositivo = coalesce(p.dispositivo, s.dispositivo);
end
$$;
comment on function private.somar_dispositivos(integer, integer[], bigint[], timestamp, timestamp, text, text) is
  'Counts and sums of devices by sensor type and product item or place on an axis, exactly as the readings give them.';
revoke all on function private.somar_dispositivos(integer, integer[], bigint[], timestamp, timestamp, text, text) from public;
grant execute on function private.somar_dispositivos(integer, integer[], bigint[], timestamp, timestamp, text, text)
  to authenticated, service_role;

-- A row for each visible device: sums of doors, people and each category of a camera, mean temperature, mean item count of
-- readings (weight by the item's unit weight, distance by its height, without tare, rounded); 0 where there is nothing. And the
-- types of the sensors on it.
create function private.agregar_dispositivos(p_dispositivos integer[], p_de timestamp, p_ate timestamp)
returns table ("cdDispositivo" integer, "nrPorta" double precision, "nrTemp" double precision, "nrPessoas" double precision,
               "nrItens" numeric, "nrMasculino" double precision, "nrFeminino" double precision, "nrCrianca" double precision,
               "nrJovem" double precision, "nrAdulto" double precision, "nrSenior" double precision, "nrAlegre" double precision,
               "nrConcentrado" double precision, "nrNeutro" double precision, "tiposSensores" bigint[])
language plpgsql stable set search_path = pg_catalog, pg_temp set jit = off as $$
#variable_conflict use_column
begin
  return query
    select d."cdDispositivo",
           private.finito(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 2), 0)) as "nrPorta",
           private.finito(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 4)
                                   / sum(s."nrQtd") filter (where s."cdTipoSensor" = 4), 0)) as "nrTemp",
           private.finito(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 5), 0)) as "nrPessoas",
           case when sum(s."nrQtd") filter (where i.divisor is not null) > 0
             then round(private.finito(sum(s."nrSoma" / i.divisor) / sum(s."nrQtd") filter (where i.divisor is not null))::numeric)
             else 0 end as "nrItens",
           private.finito(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 9), 0)) as "nrMasculino",
           private.finito(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 10), 0)) as "nrFeminino",
           private.finito(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 11), 0)) as "nrCrianca",
           private.finito(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 12), 0)) as "nrJovem",
           private.finito(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 13), 0)) as "nrAdulto",
           private.finito(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 14), 0)) as "nrSenior",
           private.finito(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 15), 0)) as "nrAlegre",
           private.finito(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 16), 0)) as "nrConcentrado",
           private.finito(coalesce(sum(s."nrSoma") filter (where s."cdTipoSensor" = 17), 0)) as "nrNeutro",
           array(select distinct t."cdTipoSensor" from public."TbSensor" t
                 where t."cdDispositivo" = d."cdDispositivo" order by 1) as "tiposSensores"
    from public."TbDispositivo" d
    left join private.somar_dispositivos(60, p_dispositivos, '{1,2,3,4,5,9,10,11,12,13,14,15,16,17}', p_de, p_ate, 'total', 'UTC') s
      on s."cdDispositivo" = d."cdDispositivo"
    left join lateral (
      select nullif(case s."cdTipoSensor" when 3 then i."nrPesoUnit" when 1 then i."nrAlt" end, 0) as divisor
      from public."TbProdutoItem" i where i."cdProdutoItem" = s."cdProdutoItem"
    ) i on true
    where d."cdDispositivo" = any (p_dispositivos)
    group by d."cdDispositivo";
end
$$;
comment on function private.agregar_dispositivos(integer[], timestamp, timestamp) is 'What the sensors of devices add up to.';
revoke all on function private.agregar_dispositivos(integer[], timestamp, timestamp) from public;
grant execute on function private.agregar_dispositivos(integer[], timestamp, timestamp) to authenticated, service_role;
