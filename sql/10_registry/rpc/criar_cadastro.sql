-- Creates a row; returns {linha, versao}. A row that can have a client and names none gets the caller's, and
-- a client that names no parent becomes the caller's child.
-- p_cadastro  clientes, destinatarios, dispositivos, enderecos, imagens, itens, produtos, sensores,
--             tipos-sensor
-- p_dados     {column: value}; a sensor may name its type: dsTipoSensor
-- Who: callers with the permission admin; row-level security decides for which clients.
-- Raises PT400 MALFORMED, INVALID_PARAMETER, PT403 FORBIDDEN, PT404 NOT_FOUND (no such name), PT409 CONFLICT.
create function public.criar_cadastro(p_cadastro text, p_dados jsonb) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_kind private.entity_kind := private.find_entity_kind(p_cadastro);
  v_data jsonb;
  v_row jsonb;
  v_constraint text;
begin
  if cardinality(v_caller."cdClientes") = 0 and not v_caller.is_service then
    raise sqlstate 'PT403' using message = 'The caller acts for no client', hint = 'FORBIDDEN';
  end if;
  if p_cadastro = 'sensores' and jsonb_typeof(p_dados) = 'object' and p_dados ? 'dsTipoSensor' then
    p_dados := private.name_type(p_dados);
  end if;
  perform private.given_columns(v_kind, p_dados);
  v_data := private.complete_row(v_kind, private.row_defaults(v_kind, v_caller), p_dados);
  if v_data = '{}' then
    perform private.refuse_write(v_kind, p_dados, '23502', null);
  end if;
  execute format($sql$
    insert into public.%1$I (%2$s) select %2$s from jsonb_populate_record(null::public.%1$I, $1) f
    $sql$, v_kind.table_name, (select string_agg(format('%I', k), ', ') from jsonb_object_keys(v_data) k))
  using v_data;
  -- built, not read back: policies may not show the row yet
  execute format('select private.describe_row(f) from jsonb_populate_record(null::public.%I, $1) f',
                 v_kind.table_name)
  into v_row using v_data || jsonb_build_object(
    v_kind.key, currval(pg_get_serial_sequence(format('public.%I', v_kind.table_name), v_kind.key)),
    'dtRegistro', now() at time zone 'UTC');
  return jsonb_build_object(
    'linha', case v_kind.table_name when 'TbDispositivo' then private.with_meta(v_row) else v_row end,
    'versao', private.row_version(v_row));
exception when integrity_constraint_violation or insufficient_privilege then
  get stacked diagnostics v_constraint = constraint_name;
  perform private.refuse_write(v_kind, p_dados, sqlstate, v_constraint);
  return null;
end
$$;
comment on function public.criar_cadastro is
  'Creates a client, device, sensor, site, address, product, item, picture or sensor type.';
revoke all on function public.criar_cadastro from public;
grant execute on function public.criar_cadastro to authenticated, service_role;
