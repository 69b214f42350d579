-- The parts of public.get_data_points.

-- Opaque to callers: base64 of 'agg,last time given', so that all pages of an answer have one resolution.
create function private.ler_cursor_pontos(p_texto text, out agg text, out apos timestamp)
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_partes text[];
begin
  if p_texto is null then
    return;
  end if;
  v_partes := regexp_match(convert_from(decode(p_texto, 'base64'), 'UTF8'),
                           '^(raw|1m|5m|1h),(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?)$');
  if v_partes is null then
    raise data_exception;
  end if;
  agg := v_partes[1];
  apos := v_partes[2]::timestamp;
exception
  when data_exception then -- of every kind: bad base64, bad UTF-8, a date that is none
    raise sqlstate 'PT400' using message = 'cursor is not one that was handed out', hint = 'INVALID_PARAMETER';
end
$$;
comment on function private.ler_cursor_pontos(text) is 'Where a page of data points begins; nulls for the first one.';
revoke all on function private.ler_cursor_pontos(text) from public;
grant execute on function private.ler_cursor_pontos(text) to authenticated, service_role;

create function private.escrever_cursor_pontos(p_agg text, p_apos timestamp) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select translate(encode(convert_to(p_agg || ',' || p_apos, 'UTF8'), 'base64'), E'\n', '')
$$;
comment on function private.escrever_cursor_pontos(text, timestamp) is 'The cursor behind this time.';
revoke all on function private.escrever_cursor_pontos(text, timestamp) from public;
grant execute on function private.escrever_cursor_pontos(text, timestamp) to authenticated, service_role;

create function private.minutos_de(p_agg text) returns integer
language sql immutable parallel safe as $$
  select case p_agg when '1m' then 1 when '5m' then 5 when '1h' then 60 end
$$;
comment on function private.minutos_de(text) is 'Width of the buckets in minutes; null for raw.';
revoke all on function private.minutos_de(text) from public;
grant execute on function private.minutos_de(text) to authenticated, service_role;

create function private.contar_baldes(p_minutos integer, p_de timestamp, p_ate timestamp) returns bigint
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select (date_part('epoch', date_bin(l.largura, p_ate - interval '1 microsecond', timestamp '2000-01-01')
                           - date_bin(l.largura, p_de, timestamp '2000-01-01')) / 60)::bigint / p_minutos + 1
  from (select make_interval(mins => p_minutos) as largura) l
$$;
comment on function private.contar_baldes(integer, timestamp, timestamp) is 'How many buckets a time touches, its end excluded.';
revoke all on function private.contar_baldes(integer, timestamp, timestamp) from public;
grant execute on function private.contar_baldes(integer, timestamp, timestamp) to authenticated, service_role;

create function private.contar_leituras(p_cd_sensor integer, p_de timestamp, p_ate timestamp) returns bigint
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_seqscan = off set enable_bitmapscan = off set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_plano private.plano_de_leitura := private.planejar_leitura(60, array[p_cd_sensor], p_de, p_ate);
begin
  return (select coalesce(sum(b."nrQtd"), 0) from private.baldes(60, array[p_cd_sensor], v_plano, true) b);
end
$$;
comment on function private.contar_leituras(integer, timestamp, timestamp) is 'How many numbers a sensor reported, by its rollups.';
revoke all on function private.contar_leituras(integer, timestamp, timestamp) from public;
grant execute on function private.contar_leituras(integer, timestamp, timestamp) to authenticated, service_role;

-- The finest resolution with at most p_pontos points. A window that begins in mid-minute touches one minute more.
create function private.escolher_agg(p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_pontos integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_leituras bigint := private.contar_leituras(p_cd_sensor, p_de, p_ate);
begin
  return case
    when v_leituras <= p_pontos and p_ate - p_de <= interval '14 days' then 'raw'
    when least(v_leituras, private.contar_baldes(1, p_de, p_ate)) <= p_pontos then '1m'
    when least(v_leituras, private.contar_baldes(5, p_de, p_ate)) <= p_pontos then '5m'
    else '1h'
  end;
end
$$;
comment on function private.escolher_agg(integer, timestamp, timestamp, integer) is
  'The finest resolution that gives at most so many points.';
revoke all on function private.escolher_agg(integer, timestamp, timestamp, integer) from public;
grant execute on function private.escolher_agg(integer, timestamp, timestamp, integer) to authenticated, service_role;

-- The newest reading of the time asked for says what kind of point it is.
create function private.eh_numerico(p_cd_sensor integer, p_de timestamp, p_ate timestamp) returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off set jit = off
set plan_cache_mode = force_generic_plan as $$
begin
  return coalesce((
    select r."nrValor" is not null from public."TbSensorRegistro" r
    where r."cdSensor" = p_cd_sensor and r."dtRegistro" >= p_de and r."dtRegistro" < p_ate
    order by r."dtRegistro" desc limit 1), true);
end
$$;
comment on function private.eh_numerico(integer, timestamp, timestamp) is 'The newest reading is a number, or there is none.';
revoke all on function private.eh_numerico(integer, timestamp, timestamp) from public;
grant execute on function private.eh_numerico(integer, timestamp, timestamp) to authenticated, service_role;

create function private.exigir_pontos(p_de timestamp, p_ate timestamp, p_agg text, p_limite integer, p_pontos integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_erro text := case
    when not coalesce(isfinite(p_de) and isfinite(p_ate), false) then 'from and to are needed, and finite'
    when p_ate < p_de then 'to must not be before from'
    when not coalesce(p_agg in ('raw', '1m', '5m', '1h', 'auto'), false) then 'agg is one of raw, 1m, 5m, 1h, auto'
    when not coalesce(p_limite between 1 and 100000, false) then 'limit is 1 to 100000'
    when not p_pontos between 3 and 10000 then 'maxPoints is 3 to 10000'
  end;
begin
  if v_erro is not null then
    raise sqlstate 'PT400' using message = v_erro, hint = 'INVALID_PARAMETER';
  end if;
end
$$;
comment on function private.exigir_pontos(timestamp, timestamp, text, integer, integer) is
  'PT400 unless these are arguments of get_data_points.';
revoke all on function private.exigir_pontos(timestamp, timestamp, text, integer, integer) from public;
grant execute on function private.exigir_pontos(timestamp, timestamp, text, integer, integer) to authenticated, service_role;

-- PT400 INVALID_PARAMETER for buckets of what is no number.
create function private.resolver_agg(p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_agg text, p_pontos integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_numerico boolean := private.eh_numerico(p_cd_sensor, p_de, p_ate);
begin
  if not v_numerico and p_agg not in ('raw', 'auto') then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('agg %s needs numbers; this sensor reports booleans or texts: ask for raw', p_agg);
  end if;
  return case
    when not v_numerico then 'raw'
    when p_agg = 'auto' then private.escolher_agg(p_cd_sensor, p_de, p_ate, coalesce(p_pontos, 3000))
    when p_agg = 'raw' and p_ate - p_de > interval '14 days' then '1m'
    else p_agg
  end;
end
$$;
comment on function private.resolver_agg(integer, timestamp, timestamp, text, integer) is 'The resolution of an answer.';
revoke all on function private.resolver_agg(integer, timestamp, timestamp, text, integer) from public;
grant execute on function private.resolver_agg(integer, timestamp, timestamp, text, integer) to authenticated, service_role;

-- Some of what was asked for has expired: in an hour of a visible client that has readings no more, and no rollup this fine.
create function private.ha_expirado(p_minutos integer, p_cd_sensor integer, p_de timestamp, p_ate timestamp) returns boolean
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_visiveis integer[];
  v_largura interval := make_interval(mins => p_minutos);
begin
  if not exists (select from private."TbRetencaoPiso" f where f."dtBruto" > p_de or f."dt1h" > p_de) then
    return false;
  end if;
  v_visiveis := private.clientes_visiveis();
  return exists (
    select from private."TbRetencaoPiso" f
    where f."cdCliente" = any (v_visiveis)
      and f."cdCliente" in (
        select d."cdCliente" from public."TbSensorVinculo" s
        join public."TbDispositivoVinculo" d on d."cdDispositivo" = s."cdDispositivo"
        where s."cdSensor" = p_cd_sensor)
      and (f."dt1h" > p_de or exists (
        select from public."TbSensorRegistro1h" b
        where b."cdSensor" = p_cd_sensor and b."cdCliente" = f."cdCliente"
          and b."dtBucket" > p_de - interval '1 hour' and b."dtBucket" < least(p_ate, f."dtBruto")
          and (b."nrFino" > p_minutos or p_minutos is null
            -- the piece of a bucket that is asked for would have to come from the readings
            or date_trunc('hour', p_de) = b."dtBucket" and p_de <> date_bin(v_largura, p_de, timestamp '2000-01-01')
            or date_trunc('hour', p_ate) = b."dtBucket" and p_ate <> date_bin(v_largura, p_ate, timestamp '2000-01-01')))));
end
$$;
comment on function private.ha_expirado(integer, integer, timestamp, timestamp) is
  'Some of what this resolution (minutes; null: readings) would show has expired.';
revoke all on function private.ha_expirado(integer, integer, timestamp, timestamp) from public;
grant execute on function private.ha_expirado(integer, integer, timestamp, timestamp) to authenticated, service_role;

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
