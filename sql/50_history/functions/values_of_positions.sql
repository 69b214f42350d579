-- What the sensors of each position measured, one JSON object per position, in the order of the positions.
-- Sensors and items are those the devices ever had (private.history_sensors, private.history_items). Part of
-- private.history_rows.
-- Who may call it: every API role; row-level security decides which values.
create function private.values_of_positions(p_positions public."TbPosicao"[]) returns jsonb[]
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = off
set enable_mergejoin = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_devices integer[] := array(select distinct p."cdDispositivo" from unnest(p_positions) p);
begin
  return array(
    with sensor as materialized (
      select * from private.history_sensors(v_devices)
    ), item as materialized (
      select * from private.history_items(v_devices)
    )
    select v.described
    from unnest(p_positions) with ordinality p
    cross join lateral (
      select jsonb_build_object(
        'nrPorta', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('porta')),
        'nrTemperatura',
          max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('temperatura')),
        'nrPessoas', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('pessoas')),
        'nrMasculino', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('masculino')),
        'nrFeminino', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('feminino')),
        'nrCrianca', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('crianca')),
        'nrJovem', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('jovem')),
        'nrAdulto', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('adulto')),
        'nrSenior', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('senior')),
        'nrAlegre', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('alegre')),
        'nrTriste', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('concentrado')),
        'nrNeutro', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('neutro')),
        'nrCategoriaTotal',
          max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('categoria_total')),
        'itens', coalesce(jsonb_agg(jsonb_build_object(
          'cdSensor', r."cdSensor", 'dsProdutoItem', i."dsNome", 'nrQtdItens', private.count_items(
            s."cdTipoSensor", r."nrValor", s."nrUnidadeIni", i."nrPesoUnit", i."nrAlt"))
          order by r."cdSensor") filter (where r."cdProdutoItem" is not null), '[]')) as described
      from sensor s
      join public."TbSensorRegistro" r
        on r."cdSensor" = s."cdSensor" and r."dtRegistro" = p."dtRegistro" and r."cdCliente" = p."cdCliente"
        and r."cdPosicao" = p."cdPosicao"
      left join item i on i."cdProdutoItem" = r."cdProdutoItem"
      where s."cdDispositivo" = p."cdDispositivo"
    ) v
    order by p.ordinality);
end
$$;
comment on function private.values_of_positions is 'The values that came with each position, as JSON.';
revoke all on function private.values_of_positions from public;
grant execute on function private.values_of_positions to authenticated, service_role;
