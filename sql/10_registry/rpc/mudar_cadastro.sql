-- Changes some columns of one row; returns the whole row, {linha, versao}.
-- p_cadastro  clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos, sensores,
--             tipos-sensor
-- p_codigo    its key
-- p_dados     {column: value}; private.writable_columns says which columns
-- p_versao    only if the row is still that version
-- Who: callers with the permission admin; row-level security decides which rows.
-- Raises PT400 MALFORMED, INVALID_PARAMETER, PT403 FORBIDDEN (also for a row that the caller sees, but does
-- not manage), PT404 NOT_FOUND, PT409 CONFLICT, PT412 PRECONDITION_FAILED.
create function public.mudar_cadastro(
  p_cadastro text, p_codigo integer, p_dados jsonb, p_versao text default null
) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_kind private.entity_kind := private.find_entity_kind(p_cadastro);
  v_given text[];
  v_row jsonb;
  v_constraint text;
begin
  perform private.require_permission('admin');
  v_given := private.given_columns(v_kind, p_dados);
  if v_given = '{}' then
    raise sqlstate 'PT400' using message = 'There is nothing to change', hint = 'INVALID_PARAMETER';
  end if;
  execute format($sql$
    update public.%1$I t set %3$s from jsonb_populate_record(null::public.%1$I, $1) f
    where t.%2$I = $2 and %4$s returning private.describe_row(t)
    $sql$, v_kind.table_name, v_kind.key,
    (select string_agg(format('%1$I = f.%1$I', d), ', ') from unnest(v_given) d), private.version_condition())
  into v_row using p_dados, p_codigo, p_versao;
  if v_row is null then
    perform private.refuse_missing_row(v_kind, p_codigo, p_versao);
  end if;
  return jsonb_build_object(
    'linha', case v_kind.table_name when 'TbDispositivo' then private.with_meta(v_row) else v_row end,
    'versao', private.row_version(v_row));
exception when integrity_constraint_violation or insufficient_privilege then
  get stacked diagnostics v_constraint = constraint_name;
  perform private.refuse_write(v_kind, p_dados, sqlstate, v_constraint);
  return null;
end
$$;
comment on function public.mudar_cadastro is
  'Changes a client, device, sensor, site, address, product, item, picture or sensor type.';
revoke all on function public.mudar_cadastro from public;
grant execute on function public.mudar_cadastro to authenticated, service_role;
