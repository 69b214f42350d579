-- What is wrong with one value, its quality or its product item, as 'CODE text'. Called by
-- private.read_values, only for values that look wrong or name an item of their own; plpgsql, as
-- private.in_sensor_unit.
create function private.value_error(p_n bigint, p_json jsonb, p_client integer, p_sensor_item integer)
returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_value jsonb := nullif(p_json -> 'nrValor', 'null');
  v_quality jsonb := nullif(p_json -> 'nrQualidade', 'null');
  v_item jsonb := nullif(p_json -> 'cdProdutoItem', 'null');
begin
  return case
    when private.is_not_finite(v_value) and private.read_measure(v_value) is null
      then format('INVALID_VALUE sensores[%s].nrValor %s is not a finite number that can be stored as it is: '
                  'whole numbers are limited to 2^53, others to 1.34e154 in size',
                  p_n - 1, left(v_value::text, 40))
    when v_value is not null and private.read_measure(v_value) is null
      then format('MALFORMED sensores[%s].nrValor must be a number', p_n - 1)
    when jsonb_typeof(nullif(p_json -> 'blValor', 'null')) <> 'boolean'
      then format('MALFORMED sensores[%s].blValor must be true or false', p_n - 1)
    when jsonb_typeof(nullif(p_json -> 'dsValor', 'null')) <> 'string'
      then format('MALFORMED sensores[%s].dsValor must be a string', p_n - 1)
    when v_quality not in ('0', '1', '2')
      then format('INVALID_VALUE sensores[%s].nrQualidade must be 0 (ok), 1 (suspect) or 2 (fault)', p_n - 1)
    when v_item is not null and not private.is_whole_number(v_item)
      then format('MALFORMED sensores[%s].cdProdutoItem must be a whole number', p_n - 1)
    when v_item is not null
      and not coalesce(
        private.is_allowed_item(private.read_integer(v_item), p_sensor_item, p_client), false)
      then format('INVALID_VALUE sensores[%s].cdProdutoItem %s is not an item of this client''s products',
                  p_n - 1, left(v_item::text, 40))
  end;
end
$$;
comment on function private.value_error is
  'Why a value, its quality or its item cannot be stored; null when they can.';
revoke all on function private.value_error from public;
