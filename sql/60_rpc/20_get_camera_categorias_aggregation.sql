-- Whom the cameras of a product saw, by hour of the day and category: masculino, feminino, crianca, jovem, adulto, senior, alegre,
-- concentrado, neutro. Arguments as for the other summaries.
-- {labels, overall: {category: [of each label]}, datasets: [{cdDispositivo, data: {category: total}}], total: {category: total},
-- record_count, last_read (UTC), has_category_sensors}
-- Who: callers with the permission read; row-level security decides which devices and readings. Raises PT400 INVALID_PARAMETER.
create function public.get_camera_categorias_aggregation(
  p_cd_produto integer, p_dt_inicio timestamptz, p_dt_fim timestamptz, p_cd_dispositivos integer[] default null,
  p_cd_cliente integer default null, p_fuso text default 'America/Sao_Paulo') returns json
language plpgsql stable set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  v_de timestamp := p_dt_inicio at time zone 'UTC';
  v_ate timestamp := p_dt_fim at time zone 'UTC' + interval '1 microsecond';
  v_tipos bigint[] := array[9, 10, 11, 12, 13, 14, 15, 16, 17]::bigint[];
  v_nomes text[] := array['masculino', 'feminino', 'crianca', 'jovem', 'adulto', 'senior', 'alegre', 'concentrado', 'neutro'];
  v_dispositivos integer[];
begin
  perform private.exigir('read');
  perform private.exigir_resumo(p_cd_produto, p_dt_inicio, p_dt_fim, 'hourly', '{hourly}', p_fuso);
  v_dispositivos := private.dispositivos_do_produto(p_cd_produto, p_cd_dispositivos, p_cd_cliente);
  return (
    with soma as materialized (
      select * from private.somar_dispositivos(private.minutos_do_fuso(v_de, v_ate, p_fuso), v_dispositivos, v_tipos, v_de, v_ate,
                                               'hourly', p_fuso)
    ), balde as materialized (
      select b.balde, private.rotulo('hourly', b.balde at time zone 'UTC' at time zone p_fuso) as rotulo
      from (select distinct s."dtBucket" as balde from soma s) b
    ), parte as materialized (
      select s."cdDispositivo" as dispositivo, s."cdTipoSensor" as tipo, b.rotulo, sum(s."nrQtd") as qtd, sum(s."nrSoma") as soma
      from soma s join balde b on b.balde = s."dtBucket"
      group by 1, 2, 3
    ), categoria as (
      select c.tipo, c.nome from unnest(v_tipos, v_nomes) as c(tipo, nome)
    ), hora as (
      select c.nome, json_agg(private.finito(coalesce(p.soma, 0)) order by e.rotulo) as dados, private.finito(sum(coalesce(p.soma, 0))) as total
      from categoria c cross join unnest(private.rotulos('hourly', null)) as e(rotulo)
      left join (select p.tipo, p.rotulo, sum(p.soma) as soma from parte p group by 1, 2) p on p.tipo = c.tipo and p.rotulo = e.rotulo
      group by c.nome
    ), conjunto as (
      select d.dispositivo, json_object_agg(c.nome, private.finito(coalesce(p.soma, 0)) order by c.tipo) as dados
      from unnest(v_dispositivos) as d(dispositivo) cross join categoria c
      left join (select p.dispositivo, p.tipo, sum(p.soma) as soma from parte p group by 1, 2) p
        on p.dispositivo = d.dispositivo and p.tipo = c.tipo
      group by d.dispositivo
    )
    select json_build_object(
      'labels', private.rotulos('hourly', null),
      'overall', (select json_object_agg(h.nome, h.dados) from hora h),
      'datasets', (select coalesce(json_agg(json_build_object('cdDispositivo', c.dispositivo, 'data', c.dados) order by c.dispositivo), '[]')
                   from conjunto c),
      'total', (select json_object_agg(h.nome, h.total) from hora h),
      'record_count', (select coalesce(sum(p.qtd), 0) from parte p),
      'last_read', private.ultima_leitura(v_dispositivos, v_tipos, v_de, v_ate),
      'has_category_sensors', exists (
        select from public."TbSensor" s where s."cdDispositivo" = any (v_dispositivos) and s."cdTipoSensor" = any (v_tipos))));
end
$$;
comment on function public.get_camera_categorias_aggregation(integer, timestamptz, timestamptz, integer[], integer, text) is
  'Whom the cameras of a product saw: sex, age and mood, by hour of the day.';
revoke all on function public.get_camera_categorias_aggregation(integer, timestamptz, timestamptz, integer[], integer, text) from public;
grant execute on function public.get_camera_categorias_aggregation(integer, timestamptz, timestamptz, integer[], integer, text)
  to authenticated, service_role;
