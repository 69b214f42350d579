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
