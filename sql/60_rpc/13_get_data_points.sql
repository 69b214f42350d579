-- Readings or buckets of one sensor, ascending: {cdSensor, agg, degraded, thinned, expired, data,
-- complete, nextCursor}.
-- p_dt_inicio, p_dt_fim   from, included, to, excluded; buckets at the ends hold what lies between them only
-- p_agg         raw, 1m, 5m, 1h, or auto: the finest with at most p_max_points points (3,000 unless given). raw over more than
--               14 days becomes 1m, degraded says so. A time of booleans and texts is raw only.
-- p_limit       points at most, 1 to 100,000;  p_cursor  nextCursor of the page before
-- p_max_points  raw only: thins what was asked for to so many points, 3 to 10,000, by largest triangles; in one page
-- data          raw {ts, value, quality}; otherwise {ts, avg, min, max, sum, count}, avg and sum null where they overflow. UTC
-- expired       some of what was asked for has, on whatever page;  complete  false then, and when there is more (nextCursor)
-- Who: callers with the permission read; row-level security decides which readings. Raises PT400 INVALID_PARAMETER.
create function public.get_data_points(p_cd_sensor integer, p_dt_inicio timestamptz, p_dt_fim timestamptz, p_agg text default 'auto',
                                       p_limit integer default 10000, p_cursor text default null, p_max_points integer default null)
returns json
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_de timestamp := p_dt_inicio at time zone 'UTC';
  v_ate timestamp := p_dt_fim at time zone 'UTC';
  v_cursor record := private.ler_cursor_pontos(p_cursor);
  v_agg text := coalesce(v_cursor.agg, p_agg);
  v_ralo boolean := false;
  v_pontos record;
  v_expirado boolean;
begin
  perform private.exigir('read');
  perform private.exigir_pontos(v_de, v_ate, p_agg, p_limit, p_max_points);
  if v_cursor.agg is null then
    v_agg := private.resolver_agg(p_cd_sensor, v_de, v_ate, p_agg, p_max_points);
    v_ralo := v_agg = 'raw' and p_max_points is not null and private.eh_numerico(p_cd_sensor, v_de, v_ate);
  end if;
  v_expirado := private.ha_expirado(private.minutos_de(v_agg), p_cd_sensor, v_de, v_ate);
  if v_cursor.apos is not null then
    v_de := greatest(v_de, v_cursor.apos + coalesce(make_interval(mins => private.minutos_de(v_agg)), interval '1 microsecond'));
  end if;
  if v_ralo then
    select private.pontos_ralos(p_cd_sensor, v_de, v_ate, p_max_points) as dados, null::timestamp as ultimo, false as mais into v_pontos;
  elsif v_agg = 'raw' then
    v_pontos := private.pontos_brutos(p_cd_sensor, v_de, v_ate, p_limit);
  else
    v_pontos := private.pontos_por_balde(private.minutos_de(v_agg), p_cd_sensor, v_de, v_ate, p_limit);
    if v_pontos.ultimo is null and v_cursor.agg is null then
      perform private.exigir_numeros(p_cd_sensor, v_de, v_ate, v_agg);
    end if;
  end if;
  return json_build_object(
    'cdSensor', p_cd_sensor, 'agg', v_agg, 'degraded', v_agg <> 'raw' and p_agg = 'raw', 'thinned', v_ralo,
    'expired', v_expirado, 'data', v_pontos.dados, 'complete', not v_expirado and not v_pontos.mais,
    'nextCursor', case when v_pontos.mais then private.escrever_cursor_pontos(v_agg, v_pontos.ultimo) end);
end
$$;
comment on function public.get_data_points(integer, timestamptz, timestamptz, text, integer, text, integer) is
  'Readings of a sensor, or their rollup in buckets, exact at any moment.';
revoke all on function public.get_data_points(integer, timestamptz, timestamptz, text, integer, text, integer) from public;
grant execute on function public.get_data_points(integer, timestamptz, timestamptz, text, integer, text, integer)
  to authenticated, service_role;
