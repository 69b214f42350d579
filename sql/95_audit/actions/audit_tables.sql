-- The triggers of the audit log for each table that has one. They are triggers of statements: row by row, the
-- audit log took most of the time of an import. PostgreSQL has transition tables for one event each, hence a
-- trigger each. Signing up writes no entry; addresses that the geocoding job stores are not changes made by
-- people.
do $$
declare
  v_one record;
begin
  for v_one in
    select t.name, e.event, e.rows, format('%s_%s', t.name, e.suffix) as trigger_name,
           case e.event when 'update' then 'audit_updates' else 'audit_rows' end as function_name,
           case when t.name = 'TbEndereco'
                then $c$when (session_user not in ('rastro_manutencao', 'rastro_manutencao_2'))$c$
                else '' end as condition
    from unnest(array[
      'TbApiKeys', 'TbCliente', 'TbClienteChave', 'TbDestinatario', 'TbDispositivo',
      'TbDispositivoCredencial', 'TbDispositivoLiberado', 'TbEndereco', 'TbGuardaLegal', 'TbImagens',
      'TbPoliticaRetencao', 'TbProduto', 'TbProdutoItem', 'TbProdutoItemJoinTable', 'TbSensor',
      'TbTipoSensor', 'profiles']) t(name)
    cross join (values
      ('insert', 'inseridos', 'new table as changed_rows'),
      ('update', 'mudados', 'old table as old_rows new table as new_rows'),
      ('delete', 'apagados', 'old table as changed_rows')
    ) e(event, suffix, rows)
    where (t.name, e.event) <> ('profiles', 'insert')
  loop
    execute format(
      'create trigger %I after %s on public.%I referencing %s for each statement %s '
      'execute function private.%I()',
      v_one.trigger_name, v_one.event, v_one.name, v_one.rows, v_one.condition, v_one.function_name);
    execute format('comment on trigger %I on public.%I is %L', v_one.trigger_name, v_one.name,
                   'Writes TbAuditoria.');
  end loop;
end
$$;
