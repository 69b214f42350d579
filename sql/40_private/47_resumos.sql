-- The parts of the summaries of a product: charts by hour of the day, day of the week or day, in a time zone.

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
