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
