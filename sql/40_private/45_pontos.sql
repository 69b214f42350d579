-- The points of public.get_data_points: readings, or buckets.

create function private.pontos_por_balde(p_minutos integer, p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_limite integer,
                                         out dados json, out ultimo timestamp, out mais boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_seqscan = off set enable_bitmapscan = off set jit = off set plan_cache_mode = force_generic_plan set work_mem = '16MB' as $$
declare
  v_plano private.plano_de_leitura := private.planejar_leitura(p_minutos, array[p_cd_sensor], p_de, p_ate);
begin
  -- a row as JSON costs half of what json_build_object does; whether another follows is not looked for
  if v_plano.repartido then
    select coalesce(json_agg(b), '[]'), max(b.ts), count(*) = p_limite
    into dados, ultimo, mais
    from (
      select b."dtBucket" as ts, case when abs(sum(b."nrSoma")) < 'Infinity' then sum(b."nrSoma") / sum(b."nrQtd") end as avg,
             min(b."nrMin") as min, max(b."nrMax") as max,
             case when abs(sum(b."nrSoma")) < 'Infinity' then sum(b."nrSoma") end as sum, sum(b."nrQtd") as count
      from private.baldes(p_minutos, array[p_cd_sensor], v_plano, true) b
      group by 1 order by 1 limit p_limite
    ) b;
  else
    select coalesce(json_agg(b), '[]'), max(b.ts), count(*) = p_limite
    into dados, ultimo, mais
    from (
      select b."dtBucket" as ts, case when abs(b."nrSoma") < 'Infinity' then b."nrSoma" / b."nrQtd" end as avg,
             b."nrMin" as min, b."nrMax" as max, case when abs(b."nrSoma") < 'Infinity' then b."nrSoma" end as sum, b."nrQtd" as count
      from private.baldes(p_minutos, array[p_cd_sensor], v_plano, true) b
      order by 1 limit p_limite
    ) b;
  end if;
end
$$;
comment on function private.pontos_por_balde(integer, integer, timestamp, timestamp, integer) is
  'Buckets of one sensor as JSON, ascending, the time of the last one, and whether there may be more.';
revoke all on function private.pontos_por_balde(integer, integer, timestamp, timestamp, integer) from public;
grant execute on function private.pontos_por_balde(integer, integer, timestamp, timestamp, integer) to authenticated, service_role;

create function private.pontos_brutos(p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_limite integer,
                                      out dados json, out ultimo timestamp, out mais boolean)
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off set jit = off
set plan_cache_mode = force_generic_plan as $$
begin
  select coalesce(json_agg(r), '[]'), max(r.ts), count(*) = p_limite
  into dados, ultimo, mais
  from (
    select r."dtRegistro" as ts, coalesce(to_json(r."nrValor"), to_json(r."blValor"), to_json(r."dsValor")) as value,
           r."nrQualidade" as quality
    from public."TbSensorRegistro" r
    where r."cdSensor" = p_cd_sensor and r."dtRegistro" >= p_de and r."dtRegistro" < p_ate
    order by r."dtRegistro" limit p_limite
  ) r;
end
$$;
comment on function private.pontos_brutos(integer, timestamp, timestamp, integer) is
  'Readings of one sensor as JSON, ascending, the time of the last one, and whether there may be more.';
revoke all on function private.pontos_brutos(integer, timestamp, timestamp, integer) from public;
grant execute on function private.pontos_brutos(integer, timestamp, timestamp, integer) to authenticated, service_role;
