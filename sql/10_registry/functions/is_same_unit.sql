-- Whether two units are one, however they are written (C, °C). Called when a sensor gets another type.
create function private.is_same_unit(p_one text, p_other text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_one text := btrim(coalesce(p_one, ''));
  v_other text := btrim(coalesce(p_other, ''));
  v_terms numeric[];
begin
  if v_one = v_other then
    return true;
  end if;
  v_terms := private.unit_terms(v_one, v_other, private.unit_rules());
  return coalesce(v_terms[1:2] = v_terms[3:4], false);
end
$$;
comment on function private.is_same_unit is 'Whether two names stand for one unit.';
revoke all on function private.is_same_unit from public;
