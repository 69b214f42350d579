-- Deletes one row to which nothing refers; returns the row as it was. What has history is retired instead.
-- p_cadastro  clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos, sensores,
--             tipos-sensor
-- p_codigo    its key
-- p_versao    only if the row is still that version
-- Who: callers with the permission admin; row-level security decides which rows.
-- Raises PT400 MALFORMED, PT403 FORBIDDEN, PT404 NOT_FOUND, PT409 CONFLICT (it has history, or something
-- refers to it), PT412 PRECONDITION_FAILED.
create function public.apagar_cadastro(p_cadastro text, p_codigo integer, p_versao text default null)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_kind private.entity_kind := private.find_entity_kind(p_cadastro);
  v_row jsonb;
  v_holder text;
begin
  perform private.require_permission('admin');
  perform private.given_columns(v_kind, '{}');
  execute format($sql$
    delete from public.%1$I t where t.%2$I = $2 and %3$s and $1 returning private.describe_row(t)
    $sql$, v_kind.table_name, v_kind.key, private.version_condition())
  into v_row using true, p_codigo, p_versao;
  if v_row is null then
    perform private.refuse_missing_row(v_kind, p_codigo, p_versao);
  end if;
  return case v_kind.table_name when 'TbDispositivo' then private.with_meta(v_row) else v_row end;
exception when foreign_key_violation then
  get stacked diagnostics v_holder = table_name;
  raise sqlstate 'PT409' using message = format('Rows of %s refer to it', v_holder), hint = 'CONFLICT',
    detail = 'Delete or change those first, or retire it: set cdStatus to encerrado if it has that column.';
end
$$;
comment on function public.apagar_cadastro is
  'Deletes a client, device, sensor, site, address, product, item, picture or sensor type that nothing uses.';
revoke all on function public.apagar_cadastro from public;
grant execute on function public.apagar_cadastro to authenticated, service_role;
