-- Creates many devices or sensors, all of them or none:
-- {total, criados, erros: [{linha, coluna, texto}], data: their rows}.
-- p_cadastro  dispositivos, sensores
-- p_linhas    [{column: value}], at most 5,000; sensors may name their type: dsTipoSensor
-- p_validar   nothing is stored, but the answer tells what would be wrong, and what is raised is raised
-- Who: callers with the permission admin; row-level security decides for which clients.
-- Raises PT400 MALFORMED, INVALID_PARAMETER, PT404 NOT_FOUND (no such name), PT413 TOO_LARGE.
create function public.criar_cadastros(p_cadastro text, p_linhas jsonb, p_validar boolean default false)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_kind private.entity_kind := private.find_entity_kind(p_cadastro);
  v_defaults jsonb := private.row_defaults(v_kind, v_caller);
  v_errors jsonb := jsonb_build_array();
  v_rows jsonb := jsonb_build_array();
begin
  if jsonb_typeof(p_linhas) is distinct from 'array' or p_cadastro not in ('dispositivos', 'sensores') then
    raise sqlstate 'PT400' using message = 'Only lists of devices or sensors can be created at once',
      hint = 'MALFORMED';
  elsif jsonb_array_length(p_linhas) > 5000 then
    raise sqlstate 'PT413' using message = 'The list has more than 5000 rows', hint = 'TOO_LARGE';
  end if;
  if pg_column_size(p_linhas) > 67108864 then
    raise sqlstate 'PT413' using message = 'The list has more than 64 MB', hint = 'TOO_LARGE';
  elsif p_linhas = '[]' then
    raise sqlstate 'PT400' using message = 'The list is empty', hint = 'MALFORMED';
  end if;
  if exists (select from jsonb_array_elements(p_linhas) l where jsonb_typeof(l) <> 'object') then
    raise sqlstate 'PT400' using message = 'A row is not a JSON object', hint = 'MALFORMED';
  end if;
  if p_cadastro = 'sensores' then
    v_rows := private.resolve_types(p_linhas);
    p_linhas := v_rows -> 'linhas';
    v_errors := v_rows -> 'erros';
    v_rows := jsonb_build_array();
  end if;
  -- once for all rows: looking up what may be written takes as long as writing it
  perform private.given_columns(v_kind, (
    select jsonb_object_agg(k, null) from (
      select distinct k from jsonb_array_elements(p_linhas) l, jsonb_object_keys(l) k) d));
  v_errors := v_errors || private.row_errors(p_linhas) || private.text_errors(v_kind, p_linhas);
  if v_errors = '[]' then
    v_rows := private.insert_rows(v_kind, (
      select jsonb_agg(private.complete_row(v_kind, v_defaults, l.e) order by l.n)
      from jsonb_array_elements(p_linhas) with ordinality as l(e, n)), coalesce(p_validar, false));
  end if;
  return jsonb_build_object('total', jsonb_array_length(p_linhas), 'criados', jsonb_array_length(v_rows),
                            'erros', v_errors, 'data', v_rows);
end
$$;
comment on function public.criar_cadastros is 'Creates many devices or sensors, all of them or none.';
revoke all on function public.criar_cadastros from public;
grant execute on function public.criar_cadastros to authenticated, service_role;
