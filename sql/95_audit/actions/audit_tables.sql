-- The triggers of the audit log, and of the bound on rows of one statement, for each table that people may
-- write; a test finds those that are missing here. They are triggers of statements: row by row, the audit log
-- took most of the time of an import. PostgreSQL has transition tables for one event each, hence a trigger
-- each. Signing up writes no entry; addresses that the geocoding job stores are not changes made by people.
do $$
declare
  v_audited constant text[] := array[
    'TbApiKeys', 'TbCliente', 'TbClienteChave', 'TbDestinatario', 'TbDispositivo', 'TbDispositivoCredencial',
    'TbDispositivoLiberado', 'TbEndereco', 'TbImagens', 'TbProduto', 'TbProdutoItem',
    'TbProdutoItemJoinTable', 'TbSensor', 'TbTipoSensor', 'profiles'];
  v_bounded constant text[] := array['TbEstado', 'TbMunicipio', 'TbPoliticaRetencao'];
  v_inventory constant text[] := array['armazem', 'inventario', 'leituras', 'prateleira', 'rua', 'sessao'];
  v_one record;
begin
  for v_one in
    select t.room, t.name, e.event, e.rows, format('%s_%s', t.name, e.suffix) as trigger_name,
           case when t.is_audited and (t.name, e.event) <> ('profiles', 'insert')
                then case e.event when 'update' then 'audit_updates' else 'audit_rows' end
                else 'limit_rows' end as function_name,
           case when t.name = 'TbEndereco'
                then $c$when (session_user not in ('rastro_manutencao', 'rastro_manutencao_2'))$c$
                else '' end as condition
    from (
      select 'public' as room, a as name, true as is_audited from unnest(v_audited) a
      union all select 'public', b, false from unnest(v_bounded) b
      union all select 'inventario', i, false from unnest(v_inventory) i
    ) t
    cross join (values
      ('insert', 'inseridos', 'new table as changed_rows'),
      ('update', 'mudados', 'old table as old_rows new table as new_rows'),
      ('delete', 'apagados', 'old table as changed_rows')
    ) e(event, suffix, rows)
  loop
    execute format(
      'create trigger %I after %s on %I.%I referencing %s '
      'for each statement %s execute function private.%I()',
      v_one.trigger_name, v_one.event, v_one.room, v_one.name,
      case when v_one.function_name = 'limit_rows' and v_one.event = 'update' then 'new table as changed_rows'
           else v_one.rows end,
      v_one.condition, v_one.function_name);
    execute format(
      'comment on trigger %I on %I.%I is %L', v_one.trigger_name, v_one.room, v_one.name,
      case v_one.function_name when 'limit_rows' then 'Bounds the rows of one statement.'
                               else 'Writes TbAuditoria, and bounds the rows of one statement.' end);
  end loop;
end
$$;
