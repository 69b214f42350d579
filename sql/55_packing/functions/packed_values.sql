-- Packed values of a sensor in a time range; chunks outside it are not unpacked.
-- p_until   excluded
-- Without SET clause, to be inlined.
-- Who may call it: every API role; row-level security decides which rows.
create function private.packed_values(p_sensor integer, p_since timestamp, p_until timestamp)
returns setof series."TbSensorRegistro"
language sql stable
begin atomic
  select u."dtRegistro", u."nrValor", u."cdPosicao", u."cdSensor", u."cdDispositivo", u."cdCliente",
         u."cdProdutoItem", u."nrQualidade", u."blValor", u."dsValor"
  from private.unpacked_values(p_since, p_until) u
  where u."cdSensor" = p_sensor;
end;
comment on function private.packed_values is 'Packed values of a sensor in a time range.';
revoke all on function private.packed_values from public;
grant execute on function private.packed_values to authenticated, service_role;
