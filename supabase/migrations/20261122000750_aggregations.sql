-- What the sensors of devices add up to, computed in the database instead of by the application.

set lock_timeout = '5s';
set statement_timeout = '5min';

-- from sql/40_private/45_dias_inteiros.sql
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
-- end

-- from sql/40_private/46_somas.sql
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
-- end

-- from sql/40_private/47_agregar_dispositivos.sql
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
-- end

-- from sql/60_rpc/15_get_device_aggregations.sql
-- What the sensors of devices add up to, a row for each visible device: [{cdDispositivo, nrPorta, nrTemp, …, tiposSensores}].
-- p_dispositivos            devices
-- p_dt_inicio, p_dt_fim     both ends included; null: no limit
-- See private.agregar_dispositivos.
-- Who: callers with the permission read; row-level security decides which readings.
create function public.get_device_aggregations(p_dispositivos integer[], p_dt_inicio timestamptz default null,
                                               p_dt_fim timestamptz default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir('read');
  return (
    select coalesce(json_agg(a order by a."cdDispositivo"), '[]')
    from private.agregar_dispositivos(
      p_dispositivos, coalesce(p_dt_inicio at time zone 'UTC', '-infinity'),
      coalesce(p_dt_fim at time zone 'UTC' + interval '1 microsecond', 'infinity')) a);
end
$$;
comment on function public.get_device_aggregations(integer[], timestamptz, timestamptz) is
  'What the sensors of devices add up to: doors, people, temperature, items, categories of cameras.';
revoke all on function public.get_device_aggregations(integer[], timestamptz, timestamptz) from public;
grant execute on function public.get_device_aggregations(integer[], timestamptz, timestamptz) to authenticated, service_role;
-- end

-- from sql/60_rpc/16_get_grouped_sensor_data.sql
-- Sum and mean of devices by the name of the sensor type: [{cdDispositivo, dsTipoSensor, totalLeitura, mediaLeitura}], for the types
-- that were called 'Camera de movimento', 'Abertura de Porta' and 'Temperatura' and had readings.
-- dispositivos                             devices
-- dt_registro_comeco, dt_registro_fim      both ends included; null: no limit
-- Its arguments keep the names that other code calls it by.
-- Who: callers with the permission read; row-level security decides which readings.
create function public.get_grouped_sensor_data(dispositivos integer[], dt_registro_comeco timestamptz default null,
                                               dt_registro_fim timestamptz default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_de timestamp := coalesce(dt_registro_comeco at time zone 'UTC', '-infinity');
  v_ate timestamp := coalesce(dt_registro_fim at time zone 'UTC' + interval '1 microsecond', 'infinity');
  v_tipos bigint[] := array(
    select t.id from public."TbTipoSensor" t where t."dsNome" in ('Camera de movimento', 'Abertura de Porta', 'Temperatura'));
begin
  perform private.exigir('read');
  return (
    select coalesce(json_agg(linha order by linha."cdDispositivo", linha."dsTipoSensor"), '[]')
    from (
      select s."cdDispositivo", t."dsNome" as "dsTipoSensor", private.finito(sum(s."nrSoma")) as "totalLeitura",
             private.finito(sum(s."nrSoma") / sum(s."nrQtd")) as "mediaLeitura"
      from private.somar_dispositivos(60, dispositivos, v_tipos, v_de, v_ate, 'total', 'UTC') s
      join public."TbTipoSensor" t on t.id = s."cdTipoSensor"
      group by 1, 2
    ) linha);
end
$$;
comment on function public.get_grouped_sensor_data(integer[], timestamptz, timestamptz) is
  'Sum and mean of what devices read, by sensor type: doors, people, temperature.';
revoke all on function public.get_grouped_sensor_data(integer[], timestamptz, timestamptz) from public;
grant execute on function public.get_grouped_sensor_data(integer[], timestamptz, timestamptz) to authenticated, service_role;
-- end

-- from sql/40_private/47_eixo.sql
-- The axis of a chart: hours of the day, days of the week or days, in a time zone; and what may be asked for.

-- JSON has no infinity: a sum that overflows, or a mean of one, is told as null. Inlined.
create function private.finito(p_valor double precision) returns double precision
language sql immutable parallel safe as $$
  select case when abs(p_valor) < 'Infinity' then p_valor end
$$;
comment on function private.finito(double precision) is 'The number, or null where it is infinite or none.';
revoke all on function private.finito(double precision) from public;
grant execute on function private.finito(double precision) to authenticated, service_role;

create function private.exigir_resumo(p_cd_produto integer, p_inicio timestamptz, p_fim timestamptz, p_tipo text, p_tipos text[],
                                      p_fuso text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_erro text := case
    when p_cd_produto is null then 'product is needed'
    when not coalesce(isfinite(p_inicio) and isfinite(p_fim), false) then 'from and to are needed, and finite'
    when p_fim < p_inicio then 'to must not be before from'
    when not coalesce(p_tipo = any (p_tipos), false) then format('aggregation is one of %s', array_to_string(p_tipos, ', '))
  end;
begin
  if v_erro is null then
    perform now() at time zone p_fuso;
    v_erro := case when p_fuso is null then 'fuso is the name of a time zone' end;
  end if;
  if v_erro is not null then
    raise sqlstate 'PT400' using message = v_erro, hint = 'INVALID_PARAMETER';
  end if;
exception
  when invalid_parameter_value then
    raise sqlstate 'PT400' using message = 'fuso is the name of a time zone, as America/Sao_Paulo', hint = 'INVALID_PARAMETER';
end
$$;
comment on function private.exigir_resumo(integer, timestamptz, timestamptz, text, text[], text) is
  'PT400 unless these are arguments of a summary.';
revoke all on function private.exigir_resumo(integer, timestamptz, timestamptz, text, text[], text) from public;
grant execute on function private.exigir_resumo(integer, timestamptz, timestamptz, text, text[], text) to authenticated, service_role;

-- Hours of UTC are hours of a zone, too, if all its offsets in that time are whole hours; five minutes always fit, so that of a
-- very long time not every day is looked at.
create function private.minutos_do_fuso(p_de timestamp, p_ate timestamp, p_fuso text) returns integer
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if p_ate - p_de > interval '10 years' then
    return 5;
  end if;
  return (
    select case when bool_and(date_part('minute', (d at time zone 'UTC' at time zone p_fuso) - d) = 0) then 60 else 5 end
    from (select generate_series(p_de, p_ate, '1 day') as d union all select p_ate) d);
end
$$;
comment on function private.minutos_do_fuso(timestamp, timestamp, text) is 'The widest buckets that are whole in a time zone.';
revoke all on function private.minutos_do_fuso(timestamp, timestamp, text) from public;
grant execute on function private.minutos_do_fuso(timestamp, timestamp, text) to authenticated, service_role;

create function private.rotulo(p_tipo text, p_local timestamp) returns text
language sql stable parallel safe as $$
  select case p_tipo
    when 'hourly' then to_char(p_local, 'HH24')
    when 'daily' then to_char(p_local, 'YYYY-MM-DD')
    else (array['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'])[extract(dow from p_local)::integer + 1]
  end
$$;
comment on function private.rotulo(text, timestamp) is 'Where on the axis of a chart a local time lies.';
revoke all on function private.rotulo(text, timestamp) from public;
grant execute on function private.rotulo(text, timestamp) to authenticated, service_role;

-- All places of an axis; of days those that have data, in their order.
create function private.rotulos(p_tipo text, p_dias text[]) returns text[]
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case p_tipo
    when 'hourly' then array(select lpad(h::text, 2, '0') from generate_series(0, 23) h)
    when 'daily' then array(select distinct d from unnest(p_dias) d order by d)
    else array['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
  end
$$;
comment on function private.rotulos(text, text[]) is 'The axis of a chart.';
revoke all on function private.rotulos(text, text[]) from public;
grant execute on function private.rotulos(text, text[]) to authenticated, service_role;
-- end

-- from sql/40_private/47_resumos.sql
-- The parts of the summaries of a product: charts by device and over all.

create function private.dispositivos_do_produto(p_cd_produto integer, p_cd_dispositivos integer[], p_cd_cliente integer) returns integer[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return array(
    select d."cdDispositivo" from public."TbDispositivo" d
    where d."cdProduto" = p_cd_produto and (p_cd_cliente is null or d."cdCliente" = p_cd_cliente)
      and (p_cd_dispositivos is null or d."cdDispositivo" = any (p_cd_dispositivos))
    order by 1);
end
$$;
comment on function private.dispositivos_do_produto(integer, integer[], integer) is 'Visible devices of a product.';
revoke all on function private.dispositivos_do_produto(integer, integer[], integer) from public;
grant execute on function private.dispositivos_do_produto(integer, integer[], integer) to authenticated, service_role;

-- Numbers, booleans and texts are all readings, but only numbers add up: the newest of these.
create function private.ultima_leitura(p_dispositivos integer[], p_tipos bigint[], p_de timestamp, p_ate timestamp) returns timestamp
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off set jit = off
set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select max(u."dtRegistro")
    from private.sensores_de(p_dispositivos, p_tipos) s
    cross join lateral (
      select r."dtRegistro" from public."TbSensorRegistro" r
      where r."cdSensor" = s."cdSensor" and r."dtRegistro" >= p_de and r."dtRegistro" < p_ate
        and r."cdDispositivo" = s."cdDispositivo" and r."nrValor" is not null
      order by r."dtRegistro" desc limit 1
    ) u);
end
$$;
comment on function private.ultima_leitura(integer[], bigint[], timestamp, timestamp) is 'When devices last read a number of these types.';
revoke all on function private.ultima_leitura(integer[], bigint[], timestamp, timestamp) from public;
grant execute on function private.ultima_leitura(integer[], bigint[], timestamp, timestamp) to authenticated, service_role;

-- {labels, datasets: [{cdDispositivo, data}], overall, total, record_count, last_read} of one type of sensor. Means are weighted by
-- readings and null where there is none; sums are 0.
create function private.resumir(p_dispositivos integer[], p_cd_tipo bigint, p_inicio timestamptz, p_fim timestamptz, p_tipo text,
                                p_fuso text, p_media boolean) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  v_de timestamp := p_inicio at time zone 'UTC';
  v_ate timestamp := p_fim at time zone 'UTC' + interval '1 microsecond';
begin
  return (
    with soma as materialized (
      select * from private.somar_dispositivos(private.minutos_do_fuso(v_de, v_ate, p_fuso), p_dispositivos, array[p_cd_tipo],
                                               v_de, v_ate, p_tipo, p_fuso)
    ), balde as materialized (
      select b.balde, private.rotulo(p_tipo, b.balde at time zone 'UTC' at time zone p_fuso) as rotulo
      from (select distinct s."dtBucket" as balde from soma s) b
    ), eixo as materialized (
      select r.rotulo, r.n from unnest(private.rotulos(p_tipo, array(select b.rotulo from balde b))) with ordinality as r(rotulo, n)
    ), lugar as materialized (
      select b.balde, e.n from balde b join eixo e on e.rotulo = b.rotulo
    ), parte as materialized (
      select s."cdDispositivo" as dispositivo, l.n, sum(s."nrQtd")::bigint as qtd, sum(s."nrSoma") as soma
      from soma s join lugar l on l.balde = s."dtBucket"
      group by 1, 2
    ), geral as (
      select e.n, case when p_media then sum(p.soma) / sum(p.qtd) else coalesce(sum(p.soma), 0) end as valor
      from eixo e left join parte p on p.n = e.n
      group by e.n
    ), conjunto as (
      select d.dispositivo, coalesce(json_agg(private.finito(case when p_media then p.soma / p.qtd else coalesce(p.soma, 0) end) order by e.n)
                                       filter (where e.n is not null), '[]') as dados
      from unnest(p_dispositivos) as d(dispositivo) left join eixo e on true
      left join parte p on p.n = e.n and p.dispositivo = d.dispositivo
      group by d.dispositivo
    )
    select json_build_object(
      'labels', (select coalesce(json_agg(e.rotulo order by e.n), '[]') from eixo e),
      'datasets', (select coalesce(json_agg(json_build_object('cdDispositivo', c.dispositivo, 'data', c.dados) order by c.dispositivo), '[]')
                   from conjunto c),
      'overall', (select coalesce(json_agg(private.finito(g.valor) order by g.n), '[]') from geral g),
      'total', (select private.finito(case when p_media then sum(p.soma) / sum(p.qtd) else coalesce(sum(p.soma), 0) end) from parte p),
      'record_count', (select coalesce(sum(p.qtd), 0) from parte p),
      'last_read', private.ultima_leitura(p_dispositivos, array[p_cd_tipo], v_de, v_ate)));
end
$$;
comment on function private.resumir(integer[], bigint, timestamptz, timestamptz, text, text, boolean) is
  'A chart of what sensors of one type read: by device and over all.';
revoke all on function private.resumir(integer[], bigint, timestamptz, timestamptz, text, text, boolean) from public;
grant execute on function private.resumir(integer[], bigint, timestamptz, timestamptz, text, text, boolean) to authenticated, service_role;
-- end

-- from sql/60_rpc/17_get_temperatura_aggregation.sql
-- Mean temperatures of a product: by hour of the day, by day or by day of the week.
-- p_cd_produto                the product; of its devices those in p_cd_dispositivos and of p_cd_cliente, where given
-- p_dt_inicio, p_dt_fim       both ends included
-- p_aggregation_type          hourly, daily, by_day_of_week;  p_fuso  time zone of the axis
-- {labels, datasets: [{cdDispositivo, data}], overall, total, record_count, last_read (UTC)};
-- means are weighted by readings, null where there is none, and only days with readings are labels
-- Who: callers with the permission read; row-level security decides which devices and readings. Raises PT400 INVALID_PARAMETER.
create function public.get_temperatura_aggregation(
  p_cd_produto integer, p_dt_inicio timestamptz, p_dt_fim timestamptz, p_cd_dispositivos integer[] default null,
  p_cd_cliente integer default null, p_aggregation_type text default 'daily', p_fuso text default 'America/Sao_Paulo') returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir('read');
  perform private.exigir_resumo(p_cd_produto, p_dt_inicio, p_dt_fim, p_aggregation_type, '{hourly,daily,by_day_of_week}', p_fuso);
  return private.resumir(private.dispositivos_do_produto(p_cd_produto, p_cd_dispositivos, p_cd_cliente), 4, p_dt_inicio, p_dt_fim,
                         p_aggregation_type, p_fuso, true);
end
$$;
comment on function public.get_temperatura_aggregation(integer, timestamptz, timestamptz, integer[], integer, text, text) is
  'Mean temperatures of a product over time, weighted by readings.';
revoke all on function public.get_temperatura_aggregation(integer, timestamptz, timestamptz, integer[], integer, text, text) from public;
grant execute on function public.get_temperatura_aggregation(integer, timestamptz, timestamptz, integer[], integer, text, text)
  to authenticated, service_role;
-- end

-- from sql/60_rpc/18_get_abertura_porta_aggregation.sql
-- How often the doors of a product were opened: by hour of the day or by day of the week.
-- p_cd_produto                the product; of its devices those in p_cd_dispositivos and of p_cd_cliente, where given
-- p_dt_inicio, p_dt_fim       both ends included
-- p_aggregation_type          hourly, by_day_of_week;  p_fuso  time zone of the axis
-- {labels, datasets: [{cdDispositivo, data}], overall, total, record_count, last_read (UTC)}
-- Who: callers with the permission read; row-level security decides which devices and readings. Raises PT400 INVALID_PARAMETER.
create function public.get_abertura_porta_aggregation(
  p_cd_produto integer, p_dt_inicio timestamptz, p_dt_fim timestamptz, p_cd_dispositivos integer[] default null,
  p_cd_cliente integer default null, p_aggregation_type text default 'hourly', p_fuso text default 'America/Sao_Paulo') returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir('read');
  perform private.exigir_resumo(p_cd_produto, p_dt_inicio, p_dt_fim, p_aggregation_type, '{hourly,by_day_of_week}', p_fuso);
  return private.resumir(private.dispositivos_do_produto(p_cd_produto, p_cd_dispositivos, p_cd_cliente), 2, p_dt_inicio, p_dt_fim,
                         p_aggregation_type, p_fuso, false);
end
$$;
comment on function public.get_abertura_porta_aggregation(integer, timestamptz, timestamptz, integer[], integer, text, text) is
  'How often the doors of a product were opened, over time.';
revoke all on function public.get_abertura_porta_aggregation(integer, timestamptz, timestamptz, integer[], integer, text, text) from public;
grant execute on function public.get_abertura_porta_aggregation(integer, timestamptz, timestamptz, integer[], integer, text, text)
  to authenticated, service_role;
-- end

-- from sql/60_rpc/19_get_movimento_pessoas_aggregation.sql
-- How many people passed by a product: by hour of the day or by day of the week.
-- p_cd_produto                the product; of its devices those in p_cd_dispositivos and of p_cd_cliente, where given
-- p_dt_inicio, p_dt_fim       both ends included
-- p_aggregation_type          hourly, by_day_of_week;  p_fuso  time zone of the axis
-- {labels, datasets: [{cdDispositivo, data}], overall, total, record_count, last_read (UTC)}
-- Who: callers with the permission read; row-level security decides which devices and readings. Raises PT400 INVALID_PARAMETER.
create function public.get_movimento_pessoas_aggregation(
  p_cd_produto integer, p_dt_inicio timestamptz, p_dt_fim timestamptz, p_cd_dispositivos integer[] default null,
  p_cd_cliente integer default null, p_aggregation_type text default 'hourly', p_fuso text default 'America/Sao_Paulo') returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  perform private.exigir('read');
  perform private.exigir_resumo(p_cd_produto, p_dt_inicio, p_dt_fim, p_aggregation_type, '{hourly,by_day_of_week}', p_fuso);
  return private.resumir(private.dispositivos_do_produto(p_cd_produto, p_cd_dispositivos, p_cd_cliente), 5, p_dt_inicio, p_dt_fim,
                         p_aggregation_type, p_fuso, false);
end
$$;
comment on function public.get_movimento_pessoas_aggregation(integer, timestamptz, timestamptz, integer[], integer, text, text) is
  'How many people passed by a product, over time.';
revoke all on function public.get_movimento_pessoas_aggregation(integer, timestamptz, timestamptz, integer[], integer, text, text) from public;
grant execute on function public.get_movimento_pessoas_aggregation(integer, timestamptz, timestamptz, integer[], integer, text, text)
  to authenticated, service_role;
-- end

-- from sql/60_rpc/20_get_camera_categorias_aggregation.sql
-- Whom the cameras of a product saw, by hour of the day and category: masculino, feminino, crianca, jovem, adulto, senior, alegre,
-- concentrado, neutro. Arguments as for the other summaries.
-- {labels, overall: {category: [of each label]}, datasets: [{cdDispositivo, data: {category: total}}], total: {category: total},
-- record_count, last_read (UTC), has_category_sensors}
-- Who: callers with the permission read; row-level security decides which devices and readings. Raises PT400 INVALID_PARAMETER.
create function public.get_camera_categorias_aggregation(
  p_cd_produto integer, p_dt_inicio timestamptz, p_dt_fim timestamptz, p_cd_dispositivos integer[] default null,
  p_cd_cliente integer default null, p_fuso text default 'America/Sao_Paulo') returns json
language plpgsql stable set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  v_de timestamp := p_dt_inicio at time zone 'UTC';
  v_ate timestamp := p_dt_fim at time zone 'UTC' + interval '1 microsecond';
  v_tipos bigint[] := array[9, 10, 11, 12, 13, 14, 15, 16, 17]::bigint[];
  v_nomes text[] := array['masculino', 'feminino', 'crianca', 'jovem', 'adulto', 'senior', 'alegre', 'concentrado', 'neutro'];
  v_dispositivos integer[];
begin
  perform private.exigir('read');
  perform private.exigir_resumo(p_cd_produto, p_dt_inicio, p_dt_fim, 'hourly', '{hourly}', p_fuso);
  v_dispositivos := private.dispositivos_do_produto(p_cd_produto, p_cd_dispositivos, p_cd_cliente);
  return (
    with soma as materialized (
      select * from private.somar_dispositivos(private.minutos_do_fuso(v_de, v_ate, p_fuso), v_dispositivos, v_tipos, v_de, v_ate,
                                               'hourly', p_fuso)
    ), balde as materialized (
      select b.balde, private.rotulo('hourly', b.balde at time zone 'UTC' at time zone p_fuso) as rotulo
      from (select distinct s."dtBucket" as balde from soma s) b
    ), parte as materialized (
      select s."cdDispositivo" as dispositivo, s."cdTipoSensor" as tipo, b.rotulo, sum(s."nrQtd") as qtd, sum(s."nrSoma") as soma
      from soma s join balde b on b.balde = s."dtBucket"
      group by 1, 2, 3
    ), categoria as (
      select c.tipo, c.nome from unnest(v_tipos, v_nomes) as c(tipo, nome)
    ), hora as (
      select c.nome, json_agg(private.finito(coalesce(p.soma, 0)) order by e.rotulo) as dados, private.finito(sum(coalesce(p.soma, 0))) as total
      from categoria c cross join unnest(private.rotulos('hourly', null)) as e(rotulo)
      left join (select p.tipo, p.rotulo, sum(p.soma) as soma from parte p group by 1, 2) p on p.tipo = c.tipo and p.rotulo = e.rotulo
      group by c.nome
    ), conjunto as (
      select d.dispositivo, json_object_agg(c.nome, private.finito(coalesce(p.soma, 0)) order by c.tipo) as dados
      from unnest(v_dispositivos) as d(dispositivo) cross join categoria c
      left join (select p.dispositivo, p.tipo, sum(p.soma) as soma from parte p group by 1, 2) p
        on p.dispositivo = d.dispositivo and p.tipo = c.tipo
      group by d.dispositivo
    )
    select json_build_object(
      'labels', private.rotulos('hourly', null),
      'overall', (select json_object_agg(h.nome, h.dados) from hora h),
      'datasets', (select coalesce(json_agg(json_build_object('cdDispositivo', c.dispositivo, 'data', c.dados) order by c.dispositivo), '[]')
                   from conjunto c),
      'total', (select json_object_agg(h.nome, h.total) from hora h),
      'record_count', (select coalesce(sum(p.qtd), 0) from parte p),
      'last_read', private.ultima_leitura(v_dispositivos, v_tipos, v_de, v_ate),
      'has_category_sensors', exists (
        select from public."TbSensor" s where s."cdDispositivo" = any (v_dispositivos) and s."cdTipoSensor" = any (v_tipos))));
end
$$;
comment on function public.get_camera_categorias_aggregation(integer, timestamptz, timestamptz, integer[], integer, text) is
  'Whom the cameras of a product saw: sex, age and mood, by hour of the day.';
revoke all on function public.get_camera_categorias_aggregation(integer, timestamptz, timestamptz, integer[], integer, text) from public;
grant execute on function public.get_camera_categorias_aggregation(integer, timestamptz, timestamptz, integer[], integer, text)
  to authenticated, service_role;
-- end

-- from sql/60_rpc/21_get_lista_dispositivos_resumo.sql
-- The devices of a product with their site, state and what their sensors add up to: {dispositivos: [{cdDispositivo, …, nrPorta, …}],
-- nomeProduto, tiposSensores, dsCaminhoImagem, cdCodigoImagem}; the product's name and first picture null where it is not visible.
-- dt_registro_inicio, dt_registro_fim   of the readings; both ends included; null: no limit
-- cd_status, ds_uf                      of the device, of its site
-- bl_area, nr_bateria_min, nr_bateria_max   as last known: inside its geofence, volts
-- cd_cliente, cd_produto                owner of the device, its product; null: all
-- Its arguments keep the names that other code calls it by.
-- Who: callers with the permission read; row-level security decides which devices and readings.
create function public.get_lista_dispositivos_resumo(
  dt_registro_inicio timestamptz default null, dt_registro_fim timestamptz default null, cd_status text default null,
  ds_uf text default null, bl_area boolean default null, nr_bateria_min double precision default null,
  nr_bateria_max double precision default null, cd_cliente integer default null, cd_produto integer default null) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  v_de timestamp := coalesce(dt_registro_inicio at time zone 'UTC', '-infinity');
  v_ate timestamp := coalesce(dt_registro_fim at time zone 'UTC' + interval '1 microsecond', 'infinity');
begin
  perform private.exigir('read');
  return (
    with alvo as materialized (
      select d."cdDispositivo", d."dsDispositivo", d."cdStatus", e."dsLogradouro", e."nrNumero", e."dsComplemento", e."dsCidade",
             e."dsUF", u."blArea", u."nrBat", p."dsNome" as "dsNomeProduto"
      from public."TbDispositivo" d
      left join public."TbProduto" p on p."cdProduto" = d."cdProduto"
      left join public."TbDestinatario" t on t."cdDestinatario" = d."cdDestinatario"
      left join public."TbEndereco" e on e."cdEndereco" = t."cdEndereco"
      left join public."TbPosicaoAtual" u on u."cdDispositivo" = d."cdDispositivo"
      where d."cdProduto" is not null and (cd_produto is null or d."cdProduto" = cd_produto)
        and (cd_cliente is null or d."cdCliente" = cd_cliente) and (cd_status is null or d."cdStatus"::text = cd_status)
        and (ds_uf is null or e."dsUF" = ds_uf) and (bl_area is null or u."blArea" = bl_area)
        and (nr_bateria_min is null or u."nrBat" >= nr_bateria_min) and (nr_bateria_max is null or u."nrBat" <= nr_bateria_max)
    ), linha as materialized (
      select x.*, a."nrPorta", a."nrTemp", a."nrPessoas", a."nrItens", a."nrMasculino", a."nrFeminino", a."nrCrianca", a."nrJovem",
             a."nrAdulto", a."nrSenior", a."nrAlegre", a."nrConcentrado", a."nrNeutro", a."tiposSensores"
      from alvo x
      join private.agregar_dispositivos(array(select y."cdDispositivo" from alvo y), v_de, v_ate) a
        on a."cdDispositivo" = x."cdDispositivo"
    )
    select json_build_object(
      'dispositivos', (select coalesce(json_agg(l order by l."cdDispositivo"), '[]') from linha l),
      'nomeProduto', (select p."dsNome" from public."TbProduto" p where p."cdProduto" = cd_produto),
      'tiposSensores', array(select distinct t.tipo from linha l cross join unnest(l."tiposSensores") as t(tipo) order by 1),
      'dsCaminhoImagem', i."dsCaminho", 'cdCodigoImagem', i."cdCodigo")
    from (select) sempre
    left join lateral (
      select m."dsCaminho", m."cdCodigo" from public."TbImagens" m
      where m."cdProduto" = cd_produto
      order by m."nrImagem", m."cdImagens" limit 1
    ) i on true);
end
$$;
comment on function public.get_lista_dispositivos_resumo(timestamptz, timestamptz, text, text, boolean, double precision,
  double precision, integer, integer) is 'Devices of a product: site, state, and what their sensors add up to.';
revoke all on function public.get_lista_dispositivos_resumo(timestamptz, timestamptz, text, text, boolean, double precision,
  double precision, integer, integer) from public;
grant execute on function public.get_lista_dispositivos_resumo(timestamptz, timestamptz, text, text, boolean, double precision,
  double precision, integer, integer) to authenticated, service_role;
-- end
