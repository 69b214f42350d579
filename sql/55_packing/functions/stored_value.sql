-- The stored value of a key, packed or not. Packs are looked at for packed time only.
-- Inlined: no SET clause. Who may call it: every API role; row-level security decides which rows.
create function private.stored_value(p_sensor integer, p_time timestamp, p_client integer)
returns setof series."TbSensorRegistro"
language sql stable
begin atomic
  select r."dtRegistro", r."nrValor", r."cdPosicao", r."cdSensor", r."cdDispositivo", r."cdCliente",
         r."cdProdutoItem", r."nrQualidade", r."blValor", r."dsValor"
  from series."TbSensorRegistro" r
  where r."cdSensor" = p_sensor and r."dtRegistro" = p_time and r."cdCliente" = p_client
  union all
  select f.* from private.packed_value(p_sensor, p_time, p_client) f
  where p_time < (select private.packed_before());
end;
comment on function private.stored_value is 'The stored value of a sensor, time and client, packed or not.';
revoke all on function private.stored_value from public;
grant execute on function private.stored_value to authenticated, service_role;
