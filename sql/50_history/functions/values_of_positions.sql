-- What the sensors of each position measured, one JSON object per position, in the order of the positions.
-- p_all   false: null for positions that came without any value
-- Sensors and items are those the devices ever had (private.history_sensors, private.history_items). Part of
-- private.history_rows.
-- The inner query is one for each sensor of a position: values are looked up by key, the rest is hashed.
-- Who may call it: every API role; row-level security decides which values.
create function private.values_of_positions(p_positions public."TbPosicao"[], p_all boolean)
returns jsonb[]
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = on
set enable_mergejoin = off set enable_bitmapscan = off set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_devices integer[] := array(select distinct p."cdDispositivo" from unnest(p_positions) p);
begin
  perform private.require_sound_values(
    array(select s."cdSensor" from private.history_sensors(v_devices) s),
    (select min(p."dtRegistro") from unnest(p_positions) p),
    (select max(p."dtRegistro") from unnest(p_positions) p));
  return array(
    with value as (
      select p.ordinality as n, s."cdSensor", s."cdTipoSensor", r."nrValor", r."cdProdutoItem",
             s."nrUnidadeIni"
      from unnest(p_positions) with ordinality p
      join private.history_sensors(v_devices) s on s."cdDispositivo" = p."cdDispositivo"
      cross join lateral (
        select v."nrValor", v."cdProdutoItem"
        from private.stored_value(s."cdSensor", p."dtRegistro", p."cdCliente") v
        where v."cdPosicao" = p."cdPosicao"
        offset 0
      ) r
    )
    select case when p_all or count(v.n) > 0 then jsonb_build_object(
      'nrPorta', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('porta')),
      'nrTemperatura',
        max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('temperatura')),
      'nrPessoas', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('pessoas')),
      'nrMasculino', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('masculino')),
      'nrFeminino', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('feminino')),
      'nrCrianca', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('crianca')),
      'nrJovem', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('jovem')),
      'nrAdulto', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('adulto')),
      'nrSenior', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('senior')),
      'nrAlegre', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('alegre')),
      'nrTriste', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('concentrado')),
      'nrNeutro', max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('neutro')),
      'nrCategoriaTotal',
        max(v."nrValor") filter (where v."cdTipoSensor" = private.sensor_type('categoria_total')),
      'itens', coalesce(jsonb_agg(jsonb_build_object(
        'cdSensor', v."cdSensor", 'dsProdutoItem', i."dsNome", 'nrQtdItens', private.count_items(
          v."cdTipoSensor", v."nrValor", v."nrUnidadeIni", i."nrPesoUnit", i."nrAlt"))
        order by v."cdSensor") filter (where v."cdProdutoItem" is not null), '[]')) end
    from generate_subscripts(p_positions, 1) p
    left join value v on v.n = p
    left join private.history_items(v_devices) i on i."cdProdutoItem" = v."cdProdutoItem"
    group by p
    order by p);
end
$$;
comment on function private.values_of_positions is 'The values that came with each position, as JSON.';
revoke all on function private.values_of_positions from public;
grant execute on function private.values_of_positions to authenticated, service_role;
