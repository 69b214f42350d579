-- The triggers that bound the rows of one statement, for each table that people may write; a test finds those
-- that are missing here. One sets the counter to 0 when a statement begins, one counts its rows. The service
-- is not bounded: it converts and restores.
do $$
declare
  v_one record;
begin
  for v_one in
    select t.room, t.name, e.event, l.level, format('%s_%s_%s', t.name, e.suffix, l.suffix) as trigger_name
    from (
      select 'public' as room, n as name
      from unnest(array[
        'TbApiKeys', 'TbCliente', 'TbClienteChave', 'TbDestinatario', 'TbDispositivo',
        'TbDispositivoCredencial', 'TbDispositivoLiberado', 'TbEndereco', 'TbEstado', 'TbImagens',
        'TbMunicipio', 'TbPoliticaRetencao', 'TbProduto', 'TbProdutoItem', 'TbProdutoItemJoinTable',
        'TbSensor', 'TbTipoSensor', 'profiles']) n
      union all
      select 'inventario', n
      from unnest(array['armazem', 'inventario', 'leituras', 'prateleira', 'rua', 'sessao']) n
    ) t
    cross join (values ('insert', 'insercao'), ('update', 'mudanca'), ('delete', 'exclusao')) e(event, suffix)
    cross join (values ('statement', 'limite'), ('row', 'contagem')) l(level, suffix)
  loop
    execute format(
      'create trigger %I before %s on %I.%I for each %s '
      'when (pg_trigger_depth() = 0 and current_setting(''role'') in (''anon'', ''authenticated'')) '
      'execute function private.limit_rows()',
      v_one.trigger_name, v_one.event, v_one.room, v_one.name, v_one.level);
    execute format('comment on trigger %I on %I.%I is %L', v_one.trigger_name, v_one.room, v_one.name,
                   'Bounds the rows of one statement.');
  end loop;
end
$$;
