-- The points of public.get_data_points, thinned.

-- Twice the area, or null at the ends. Differences below 1e-150 count as none: no product underflows. Inlined.
create function private.triangulo(p_ax double precision, p_ay double precision, p_bx double precision, p_by double precision,
                                  p_cx double precision, p_cy double precision) returns double precision
language sql immutable parallel safe as $$
  select abs((p_ax - p_cx) * case when abs(p_by - p_ay) > 1e-150 then p_by - p_ay else 0 end
           - (p_ax - p_bx) * case when abs(p_cy - p_ay) > 1e-150 then p_cy - p_ay else 0 end)
$$;
comment on function private.triangulo(double precision, double precision, double precision, double precision, double precision,
  double precision) is 'Twice the area of a triangle.';
revoke all on function private.triangulo(double precision, double precision, double precision, double precision, double precision,
  double precision) from public;
grant execute on function private.triangulo(double precision, double precision, double precision, double precision,
  double precision, double precision) to authenticated, service_role;

-- Largest triangle, three buckets (Steinarsson 2013): keeps the points that shape the curve. The first and last stay; of each of
-- the even pieces between them the one that makes the largest triangle with the point chosen before and the mean of the
-- next piece. For the choice, values beyond 1e150 count as that: no area overflows.
create function private.pontos_ralos(p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_pontos integer) returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off set jit = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_total bigint := private.contar_leituras(p_cd_sensor, p_de, p_ate);
  v_pedaco record;
  v_ts timestamp;
  v_y double precision;
  v_ponto json;
  v_pontos json[] := array[]::json[];
begin
  if v_total <= p_pontos then
    return (private.pontos_brutos(p_cd_sensor, p_de, p_ate, 100000)).dados;
  end if;
  for v_pedaco in
    select p.*, lead(p.x) over (order by p.k) as depois_x, lead(p.y) over (order by p.k) as depois_y
    from (
      select case l.n when 1 then 0 when v_total then p_pontos
                      else ((l.n - 1) * (p_pontos - 2) + v_total - 3) / (v_total - 2) end as k, -- whole numbers: rounded up
             min(l.ts) as de, max(l.ts) as ate, avg(l.x) as x, avg(l.y) as y
      from (
        select r."dtRegistro" as ts, date_part('epoch', r."dtRegistro" - p_de) as x,
               greatest(-1e150, least(1e150, r."nrValor")) as y, row_number() over (order by r."dtRegistro") as n
        from public."TbSensorRegistro" r
        where r."cdSensor" = p_cd_sensor and r."dtRegistro" >= p_de and r."dtRegistro" < p_ate and r."nrValor" is not null
      ) l
      group by 1
    ) p
    order by p.k
  loop
    select r."dtRegistro", greatest(-1e150, least(1e150, r."nrValor")),
           json_build_object('ts', r."dtRegistro", 'value', r."nrValor", 'quality', r."nrQualidade")
    into v_ts, v_y, v_ponto
    from public."TbSensorRegistro" r
    where r."cdSensor" = p_cd_sensor and r."dtRegistro" >= v_pedaco.de and r."dtRegistro" <= v_pedaco.ate and r."nrValor" is not null
    order by private.triangulo(date_part('epoch', v_ts - p_de), v_y, date_part('epoch', r."dtRegistro" - p_de),
                               greatest(-1e150, least(1e150, r."nrValor")), v_pedaco.depois_x, v_pedaco.depois_y) desc nulls last,
             r."dtRegistro"
    limit 1;
    v_pontos := array_append(v_pontos, v_ponto);
  end loop;
  return array_to_json(v_pontos);
end
$$;
comment on function private.pontos_ralos(integer, timestamp, timestamp, integer) is
  'At most so many of the readings of one sensor as JSON, chosen so that their curve looks the same.';
revoke all on function private.pontos_ralos(integer, timestamp, timestamp, integer) from public;
grant execute on function private.pontos_ralos(integer, timestamp, timestamp, integer) to authenticated, service_role;
