-- A number in the unit of its sensor's type, computed in decimals, so that equal values stay equal. A type
-- without a unit takes any, and one whose unit is not in TbUnidade takes its own only. Null when the units
-- measure different things.
-- p_own     unit of the type
-- p_rules   private.unit_rules
-- Called by private.read_values, for values that are sent with a unit; plpgsql, as a call costs a tenth of
-- what it does in sql.
create function private.in_sensor_unit(p_value jsonb, p_unit jsonb, p_own text, p_rules jsonb)
returns jsonb
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_unit text := trim(p_unit #>> '{}');
  v_own text := trim(p_own);
  v_terms numeric[];
begin
  if jsonb_typeof(p_unit) <> 'string' then
    return null;
  elsif coalesce(v_own, '') = '' or v_unit in ('', v_own) or private.read_measure(p_value) is null then
    return p_value;
  end if;
  v_terms := private.unit_terms(v_own, v_unit, p_rules);
  return to_jsonb((p_value::numeric * v_terms[1] + v_terms[2] - v_terms[4]) / v_terms[3]);
end
$$;
comment on function private.in_sensor_unit is 'A number in the unit of its sensor; null if it cannot be one.';
revoke all on function private.in_sensor_unit from public;
