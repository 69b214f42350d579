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

-- The finest resolution with at most p_pontos points.
create function private.escolher_agg(p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_pontos integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_leituras bigint;
begin
  select coalesce(sum(b."nrQtd"), 0) into v_leituras
  from private.baldes(60, array[p_cd_sensor], private.planejar_leitura(60, array[p_cd_sensor], p_de, p_ate)) b;
  return case
    when v_leituras <= p_pontos and p_ate - p_de <= interval '14 days' then 'raw'
    when least(v_leituras, extract(epoch from p_ate - p_de) / 60) <= p_pontos then '1m'
    when least(v_leituras, extract(epoch from p_ate - p_de) / 300) <= p_pontos then '5m'
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
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
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

create function private.recusar_agg(p_agg text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
    message = format('agg=%s needs numbers; this sensor reports booleans or texts: ask for raw', p_agg);
end
$$;
comment on function private.recusar_agg(text) is 'PT400: there are no buckets of booleans and texts.';
revoke all on function private.recusar_agg(text) from public;
grant execute on function private.recusar_agg(text) to authenticated, service_role;

-- PT400 INVALID_PARAMETER for buckets of what is no number.
create function private.resolver_agg(p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_agg text, p_pontos integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_numerico boolean := private.eh_numerico(p_cd_sensor, p_de, p_ate);
begin
  return case
    when not v_numerico and p_agg in ('raw', 'auto') then 'raw'
    when not v_numerico then private.recusar_agg(p_agg)
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

-- Largest triangle, three buckets (Steinarsson 2013): keeps the points that shape the curve. The first and last stay; of each of
-- the even pieces between them the one that makes the largest triangle with the point chosen before and the mean of the
-- next piece. Numbers are scaled so that no area overflows.
-- p_x   microseconds, ascending;  p_y  values;  p_n  how many to keep, 3 or more.  Returns their places, from 1.
create function private.lttb(p_x double precision[], p_y double precision[], p_n integer) returns integer[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_total integer := cardinality(p_x);
  v_passo double precision;
  v_de integer;
  v_ate integer;
  v_a integer := 1;
  v_media record;
  v_escolhidos integer[] := '{1}';
begin
  if v_total <= p_n then
    return array(select generate_series(1, v_total));
  end if;
  if (select max(abs(y)) > 1e150 from unnest(p_y) y) then
    p_y := array(select case when abs(y) < 1e100 then 0 else y / 1e160 end from unnest(p_y) with ordinality as t(y, n) order by n);
  end if;
  v_passo := (v_total - 2)::double precision / (p_n - 2);
  for i in 0..p_n - 3 loop
    v_de := floor(i * v_passo)::integer + 2;
    v_ate := floor((i + 1) * v_passo)::integer + 1;
    select avg(t.x) as x, avg(t.y) as y into v_media
    from unnest(p_x[v_ate + 1:least(floor((i + 2) * v_passo)::integer + 1, v_total)],
                p_y[v_ate + 1:least(floor((i + 2) * v_passo)::integer + 1, v_total)]) as t(x, y);
    select v_de + t.n::integer - 1 into v_a
    from unnest(p_x[v_de:v_ate], p_y[v_de:v_ate]) with ordinality as t(x, y, n)
    order by abs((p_x[v_a] - v_media.x) * (t.y - p_y[v_a]) - (p_x[v_a] - t.x) * (v_media.y - p_y[v_a])) desc, t.n
    limit 1;
    v_escolhidos := v_escolhidos || v_a;
  end loop;
  return v_escolhidos || v_total;
end
$$;
comment on function private.lttb(double precision[], double precision[], integer) is
  'Which points to keep so that the curve looks the same.';
revoke all on function private.lttb(double precision[], double precision[], integer) from public;
grant execute on function private.lttb(double precision[], double precision[], integer) to authenticated, service_role;

create function private.pontos_por_balde(p_minutos integer, p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_limite integer,
                                         out dados json, out ultimo timestamp, out mais boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp set jit = off as $$
begin
  select coalesce(json_agg(json_build_object(
           'ts', b.ts, 'avg', case when abs(b.soma) < 'Infinity' then b.soma / b.qtd end, 'min', b.menor, 'max', b.maior,
           'sum', case when abs(b.soma) < 'Infinity' then b.soma end, 'count', b.qtd)), '[]'),
         max(b.ts)
  into dados, ultimo
  from (
    select b."dtBucket" as ts, sum(b."nrQtd") as qtd, sum(b."nrSoma") as soma, min(b."nrMin") as menor, max(b."nrMax") as maior
    from private.baldes(p_minutos, array[p_cd_sensor],
                        private.planejar_leitura(p_minutos, array[p_cd_sensor], p_de, p_ate)) b
    group by 1 order by 1 limit p_limite
  ) b;
  mais := json_array_length(dados) = p_limite; -- whether another follows is not looked for
end
$$;
comment on function private.pontos_por_balde(integer, integer, timestamp, timestamp, integer) is
  'Buckets of one sensor as JSON, ascending, the time of the last one, and whether there may be more.';
revoke all on function private.pontos_por_balde(integer, integer, timestamp, timestamp, integer) from public;
grant execute on function private.pontos_por_balde(integer, integer, timestamp, timestamp, integer) to authenticated, service_role;

create function private.pontos_brutos(p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_limite integer,
                                      out dados json, out ultimo timestamp, out mais boolean)
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
begin
  select coalesce(json_agg(json_build_object(
           'ts', r."dtRegistro",
           'value', coalesce(to_json(r."nrValor"), to_json(r."blValor"), to_json(r."dsValor")), 'quality', r."nrQualidade")), '[]'),
         max(r."dtRegistro")
  into dados, ultimo
  from (
    select * from public."TbSensorRegistro" r
    where r."cdSensor" = p_cd_sensor and r."dtRegistro" >= p_de and r."dtRegistro" < p_ate
    order by r."dtRegistro" limit p_limite
  ) r;
  mais := json_array_length(dados) = p_limite;
end
$$;
comment on function private.pontos_brutos(integer, timestamp, timestamp, integer) is
  'Readings of one sensor as JSON, ascending, the time of the last one, and whether there may be more.';
revoke all on function private.pontos_brutos(integer, timestamp, timestamp, integer) from public;
grant execute on function private.pontos_brutos(integer, timestamp, timestamp, integer) to authenticated, service_role;

create function private.pontos_ralos(p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_pontos integer) returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_bitmapscan = off set jit = off as $$
declare
  v_ts timestamp[];
  v_x double precision[];
  v_y double precision[];
  v_q smallint[];
begin
  select array_agg(r."dtRegistro"), array_agg(extract(epoch from r."dtRegistro" - p_de)::double precision * 1e6),
         array_agg(r."nrValor"), array_agg(r."nrQualidade")
  into v_ts, v_x, v_y, v_q
  from (
    select * from public."TbSensorRegistro" r
    where r."cdSensor" = p_cd_sensor and r."dtRegistro" >= p_de and r."dtRegistro" < p_ate and r."nrValor" is not null
    order by r."dtRegistro"
  ) r;
  return (
    select coalesce(json_agg(json_build_object('ts', v_ts[k], 'value', v_y[k], 'quality', v_q[k]) order by n), '[]')
    from unnest(private.lttb(v_x, v_y, p_pontos)) with ordinality as u(k, n));
end
$$;
comment on function private.pontos_ralos(integer, timestamp, timestamp, integer) is
  'At most so many of the readings of one sensor as JSON, chosen so that their curve looks the same.';
revoke all on function private.pontos_ralos(integer, timestamp, timestamp, integer) from public;
grant execute on function private.pontos_ralos(integer, timestamp, timestamp, integer) to authenticated, service_role;
