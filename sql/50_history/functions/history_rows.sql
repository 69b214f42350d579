create function private.history_rows(p_positions public."TbPosicao"[]) returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan as $$ -- a plan for one small page might read all addresses
begin
  return (
    with sensor as materialized (
      select * from private.history_sensors(array(select distinct p."cdDispositivo" from unnest(p_positions) p))
    ), item as materialized (
      select * from private.history_items(array(select distinct p."cdDispositivo" from unnest(p_positions) p))
    )
    select coalesce(jsonb_agg(jsonb_build_object(
      'cdProduto', d."cdProduto", 'nrCodigo', pr."nrCodigo", 'dsDescricao', pr."dsDescricao", 'dtRegistro', p."dtRegistro",
      'cdDispositivo', p."cdDispositivo", 'dsNome', t."dsNome", 'dsEndereco', e."dsLogradouro",
      'nrBatPercentual', case when p."nrBat" is not null then round((least(p."nrBat", 3.7) / 3.7 * 100)::numeric, 2) || '%' end,
      'dsStatus', case when p."blArea" is false then 'Fora de Área' else 'Dentro da Área' end,
      'dsStatusDispositivo', d."cdStatus", 'cdPosicao', p."cdPosicao") || l.sensor_values
      order by p."dtRegistro" desc, p."cdDispositivo" desc, p."nrSeq" desc nulls last), '[]')
    from unnest(p_positions) p
    left join public."TbDispositivo" d on d."cdDispositivo" = p."cdDispositivo"
    left join public."TbProduto" pr on pr."cdProduto" = d."cdProduto"
    left join public."TbDestinatario" t on t."cdDestinatario" = p."cdDestinatario"
    left join public."TbEndereco" e on e."cdEndereco" = p."cdEndereco"
    cross join lateral (
      select jsonb_build_object(
        'nrPorta', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('porta')),
        'nrTemperatura', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('temperatura')),
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
        'nrCategoriaTotal', max(r."nrValor") filter (where s."cdTipoSensor" = private.sensor_type('categoria_total')),
        'itens', coalesce(jsonb_agg(jsonb_build_object(
            'cdSensor', r."cdSensor", 'dsProdutoItem', i."dsNome",
            'nrQtdItens', private.count_items(s."cdTipoSensor", r."nrValor", s."nrUnidadeIni", i."nrPesoUnit", i."nrAlt"))
          order by r."cdSensor") filter (where r."cdProdutoItem" is not null), '[]')) as sensor_values
      from sensor s
      join public."TbSensorRegistro" r
        on r."cdSensor" = s."cdSensor" and r."dtRegistro" = p."dtRegistro" and r."cdPosicao" = p."cdPosicao"
      left join item i on i."cdProdutoItem" = r."cdProdutoItem"
      where s."cdDispositivo" = p."cdDispositivo"
    ) l);
end
$$;
comment on function private.history_rows is 'The rows of a page of history as JSON.';
revoke all on function private.history_rows from public;
grant execute on function private.history_rows to authenticated, service_role;
