-- Whether an element contradicts an earlier one of its batch about a row that both would write.
-- p_value, p_first_value  which of its values; 0: the position
-- Called by private.settle_overlapping.
create function private.is_other_row(
  p_element private.element, p_value integer, p_first private.element, p_first_value integer
) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select case when p_value = 0
    then private.is_other_position(p_element, (p_first)."nrBat", (p_first)."dsLat", (p_first)."dsLong",
                                   (p_first)."nrPrecisao")
    else (
      select private.is_other_value(l, f."nrValor", f."blValor", f."dsValor", f."cdProdutoItem",
                                    coalesce(f."nrQualidade", 0::smallint))
      from unnest((p_element).sensor_values[p_value:p_value]) l
      cross join unnest((p_first).sensor_values[p_first_value:p_first_value]) f)
    end
$$;
comment on function private.is_other_row is 'Whether two elements of a batch contradict each other.';
revoke all on function private.is_other_row from public;
