-- What the sensors of each position measured, one JSON object per position, in the order of the positions.
-- p_all   false: null for positions that came without any value
-- Sensors and items are those the devices ever had (private.history_sensors, private.history_items). Part of
-- private.history_rows.
-- Values that are rows are looked up by key. Of those that are packed, each chunk is unpacked once, from the
-- first to the last time that is wanted of it.
-- Who may call it: every API role; row-level security decides which values.
create function private.values_of_positions(p_positions public."TbPosicao"[], p_all boolean)
returns jsonb[]
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_hashjoin = on
set enable_mergejoin = off set enable_bitmapscan = off set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
declare
  v_devices integer[] := array(select distinct p."cdDispositivo" from unnest(p_positions) p);
begin
  return array(
    with wanted as materialized (
      select p.ordinality as n, s."cdSensor", s."cdTipoSensor", s."nrUnidadeIni", p."dtRegistro",
             p."cdCliente", p."cdPosicao"
      from unnest(p_positions) with ordinality p
      join private.history_sensors(v_devices) s on s."cdDispositivo" = p."cdDispositivo"
    ), chunk as (
      select w."cdSensor", w."cdCliente", c."dtPrimeiro", min(w."dtRegistro") as since,
             max(w."dtRegistro") as until
      from wanted w
      cross join lateral private.chunk_at(w."cdSensor", w."dtRegistro", w."cdCliente") c
      where w."dtRegistro" < (select private.packed_before())
      group by 1, 2, 3
    ), packed as materialized (
      select k."cdSensor", k."cdCliente", v."dtRegistro", v."cdPosicao", v."nrValor", v."cdProdutoItem"
      from chunk k
      cross join lateral (
        select u."dtRegistro", u."cdPosicao", u."nrValor", u."cdProdutoItem"
        from private.unpacked_values(k.since, private.after(k.until)) u
        where u."cdSensor" = k."cdSensor" and u."cdCliente" = k."cdCliente"
        offset 0
      ) v
    ), value as (
      select w.n, w."cdSensor", w."cdTipoSensor", w."nrUnidadeIni", r."nrValor", r."cdProdutoItem"
      from wanted w
      cross join lateral (
        select v."nrValor", v."cdProdutoItem" from private.value_rows() v
        where v."cdSensor" = w."cdSensor" and v."dtRegistro" = w."dtRegistro"
          and v."cdCliente" = w."cdCliente" and v."cdPosicao" = w."cdPosicao"
        offset 0
      ) r
      union all
      select w.n, w."cdSensor", w."cdTipoSensor", w."nrUnidadeIni", v."nrValor", v."cdProdutoItem"
      from wanted w
      join packed v on v."cdSensor" = w."cdSensor" and v."cdCliente" = w."cdCliente"
        and v."dtRegistro" = w."dtRegistro" and v."cdPosicao" = w."cdPosicao"
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
