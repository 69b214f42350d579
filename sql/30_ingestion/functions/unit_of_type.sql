-- Part of private.read_values, for values that are sent with a unit; plpgsql, as that keeps its plan.
create function private.unit_of_type(p_type bigint) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (select t."dsUnidade" from public."TbTipoSensor" t where t.id = p_type);
end
$$;
comment on function private.unit_of_type is 'The unit in which values of a sensor type are stored.';
revoke all on function private.unit_of_type from public;
