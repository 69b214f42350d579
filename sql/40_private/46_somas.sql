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

-- Sensors that were on one device only are answered by rollups; of others each reading says which device it came from.
-- p_de, p_ate    the end is excluded
-- p_por_balde    a row for each bucket, otherwise one for the whole time
create function private.somar_dispositivos(p_minutos integer, p_dispositivos integer[], p_tipos bigint[], p_de timestamp,
                                           p_ate timestamp, p_por_balde boolean)
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
  v_plano private.plano_de_leitura;
begin
  select array_agg(s."cdDispositivo"), array_agg(s."cdSensor"), array_agg(s."cdTipoSensor"), array_agg(s."blSempre"),
         coalesce(array_agg(s."cdSensor") filter (where s."blSempre"), '{}')
  into v_dispositivos, v_sensores, v_tipos, v_sempre, v_fixos
  from private.sensores_de(p_dispositivos, p_tipos) s;
  v_plano := private.planejar_leitura(p_minutos, v_fixos, p_de, p_ate);
  return query
    select s.dispositivo, s.tipo, r.item, case when p_por_balde then r.balde end, sum(r.qtd)::bigint, sum(r.soma)
    from (
      select b."cdSensor" as sensor, null::integer as dispositivo, b."cdProdutoItem" as item, b."dtBucket" as balde,
             b."nrQtd" as qtd, b."nrSoma" as soma
      from private.baldes(p_minutos, v_fixos, v_plano, false) b
      union all
      select r."cdSensor", r."cdDispositivo", r."cdProdutoItem",
             date_bin(make_interval(mins => p_minutos), r."dtRegistro", timestamp '2000-01-01'), 1, private.somavel(r."nrValor")
      from unnest(v_sensores, v_dispositivos, v_sempre) as s(sensor, dispositivo, sempre)
      join public."TbSensorRegistro" r on r."cdSensor" = s.sensor and r."cdDispositivo" = s.dispositivo
        and r."dtRegistro" >= p_de and r."dtRegistro" < p_ate
      where not s.sempre and r."nrValor" is not null
    ) r
    join private.desdobrar(v_sensores, v_dispositivos, v_tipos) s
      on s.sensor = r.sensor and s.dispositivo = coalesce(r.dispositivo, s.dispositivo)
    group by 1, 2, 3, 4;
end
$$;
comment on function private.somar_dispositivos(integer, integer[], bigint[], timestamp, timestamp, boolean) is
  'Counts and sums of devices by sensor type and product item, exactly as the readings give them.';
revoke all on function private.somar_dispositivos(integer, integer[], bigint[], timestamp, timestamp, boolean) from public;
grant execute on function private.somar_dispositivos(integer, integer[], bigint[], timestamp, timestamp, boolean)
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
    left join private.somar_dispositivos(60, p_dispositivos, '{1,2,3,4,5,9,10,11,12,13,14,15,16,17}', p_de, p_ate, false) s
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
