-- The number of a sensor type by its name in the contract. Called with a constant it costs nothing: the
-- planner evaluates it once. Who may call it: every API role, as views and functions that run as their caller
-- use it.
-- Raises P0001 for an unknown name, when the statement is planned: a misspelt name never means "no such
-- sensor".
create function private.sensor_type(p_name text) returns bigint
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp as $$
declare
  v_type bigint := case p_name
    when 'distancia' then 1
    when 'porta' then 2
    when 'peso' then 3
    when 'temperatura' then 4
    when 'pessoas' then 5
    when 'masculino' then 9
    when 'feminino' then 10
    when 'crianca' then 11
    when 'jovem' then 12
    when 'adulto' then 13
    when 'senior' then 14
    when 'alegre' then 15
    when 'concentrado' then 16
    when 'neutro' then 17
    when 'categoria_total' then 18
  end;
begin
  if v_type is null then
    raise exception 'unknown sensor type: %', p_name;
  end if;
  return v_type;
end
$$;
comment on function private.sensor_type is
  'Number of a sensor type (TbTipoSensor.id) by its name in the contract.';
revoke all on function private.sensor_type from public;
grant execute on function private.sensor_type to authenticated, service_role;
