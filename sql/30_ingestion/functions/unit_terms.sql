-- How to convert a unit into another: [factor, offset, own factor, own offset]; null when they measure
-- different things. Names as they are written count before those in lower case, as h and H are two units.
-- p_own     unit of the sensor's type
-- p_rules   private.unit_rules
-- Part of private.in_sensor_unit.
create function private.unit_terms(p_own text, p_unit text, p_rules jsonb) returns numeric[]
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  v_own jsonb;
  v_unit jsonb;
  v_base text;
begin
  foreach v_own in array array[p_rules -> p_own, p_rules -> lower(p_own)] loop
    foreach v_unit in array array[p_rules -> p_unit, p_rules -> lower(p_unit)] loop
      for i in 0 .. coalesce(jsonb_array_length(v_own -> 'bases'), 0) - 1 loop
        v_base := v_own -> 'bases' ->> i;
        if v_unit ? v_base then
          return array[v_unit -> v_base -> 0, v_unit -> v_base -> 1, v_own -> v_base -> 0,
                       v_own -> v_base -> 1]::numeric[];
        end if;
      end loop;
    end loop;
  end loop;
  return null;
end
$$;
comment on function private.unit_terms is 'How to convert a unit into another; null when it cannot be.';
revoke all on function private.unit_terms from public;
