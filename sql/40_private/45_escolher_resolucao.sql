-- Which resolution an answer has, and whether it can have it.

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

-- Buckets that are asked for by name are looked at first: see private.exigir_numeros.
create function private.resolver_agg(p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_agg text, p_pontos integer) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return case
    when p_agg not in ('raw', 'auto') then p_agg
    when not private.eh_numerico(p_cd_sensor, p_de, p_ate) then 'raw'
    when p_agg = 'auto' then private.escolher_agg(p_cd_sensor, p_de, p_ate, coalesce(p_pontos, 3000))
    when p_ate - p_de > interval '14 days' then '1m'
    else 'raw'
  end;
end
$$;
comment on function private.resolver_agg(integer, timestamp, timestamp, text, integer) is 'The resolution of an answer.';
revoke all on function private.resolver_agg(integer, timestamp, timestamp, text, integer) from public;
grant execute on function private.resolver_agg(integer, timestamp, timestamp, text, integer) to authenticated, service_role;

-- Asked only where no bucket was found, so that who has numbers does not pay for it. PT400 INVALID_PARAMETER.
create function private.exigir_numeros(p_cd_sensor integer, p_de timestamp, p_ate timestamp, p_agg text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if not private.eh_numerico(p_cd_sensor, p_de, p_ate) then
    raise sqlstate 'PT400' using hint = 'INVALID_PARAMETER',
      message = format('agg %s needs numbers; this sensor reports booleans or texts: ask for raw', p_agg);
  end if;
end
$$;
comment on function private.exigir_numeros(integer, timestamp, timestamp, text) is
  'PT400 for buckets of a time in which a sensor reported, but no numbers.';
revoke all on function private.exigir_numeros(integer, timestamp, timestamp, text) from public;
grant execute on function private.exigir_numeros(integer, timestamp, timestamp, text) to authenticated, service_role;
