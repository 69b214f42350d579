-- Why a value cannot be stored with the unit it was sent with, as 'CODE text'.
-- p_own   unit of the sensor's type
-- Called by private.read_values.
create function private.unit_error(p_n bigint, p_unit jsonb, p_own text) returns text
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
begin
  return case
    when jsonb_typeof(p_unit) <> 'string'
      then format('MALFORMED sensores[%s].dsUnidade must be a string', p_n - 1)
    else format('INVALID_VALUE sensores[%s].dsUnidade %s cannot be converted to %s, the unit of the sensor',
                p_n - 1, left(p_unit::text, 40), left(trim(p_own), 40))
  end;
end
$$;
comment on function private.unit_error is 'Why a value cannot be stored with its unit.';
revoke all on function private.unit_error from public;
