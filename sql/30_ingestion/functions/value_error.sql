-- What is wrong with one value, its quality or its product item, as 'CODE text'. Called by
-- private.read_values, only for values that look wrong or carry rare fields.
create function private.value_error(p_n bigint, p_json jsonb, p_client integer, p_sensor_item integer)
returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when private.is_not_finite(c.value) and private.read_measure(c.value) is null
      then format('INVALID_VALUE sensores[%s].nrValor %s is not a finite number that can be stored as it is: '
                  'whole numbers are limited to 2^53, others to 1.34e154 in size',
                  p_n - 1, left(c.value::text, 40))
    when c.value is not null and private.read_measure(c.value) is null
      then format('MALFORMED sensores[%s].nrValor must be a number', p_n - 1)
    when jsonb_typeof(c.boolean_value) <> 'boolean'
      then format('MALFORMED sensores[%s].blValor must be true or false', p_n - 1)
    when jsonb_typeof(c.text_value) <> 'string'
      then format('MALFORMED sensores[%s].dsValor must be a string', p_n - 1)
    when c.quality not in ('0', '1', '2')
      then format('INVALID_VALUE sensores[%s].nrQualidade must be 0 (ok), 1 (suspect) or 2 (fault)', p_n - 1)
    when c.item is not null and not private.is_whole_number(c.item)
      then format('MALFORMED sensores[%s].cdProdutoItem must be a whole number', p_n - 1)
    when c.item is not null
      and not coalesce(
        private.is_allowed_item(private.read_integer(c.item), p_sensor_item, p_client), false)
      then format('INVALID_VALUE sensores[%s].cdProdutoItem %s is not an item of this client''s products',
                  p_n - 1, left(c.item::text, 40))
  end
  from (
    select nullif(p_json -> 'nrValor', 'null') as value, nullif(p_json -> 'blValor', 'null') as boolean_value,
           nullif(p_json -> 'dsValor', 'null') as text_value,
           nullif(p_json -> 'nrQualidade', 'null') as quality,
           nullif(p_json -> 'cdProdutoItem', 'null') as item
  ) c
$$;
comment on function private.value_error is
  'Why a value, its quality or its item cannot be stored; null when they can.';
revoke all on function private.value_error from public;
