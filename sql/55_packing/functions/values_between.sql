-- Values of a sensor in a time range, wherever they are stored. They are those of the view TbSensorRegistro,
-- but chunks outside the range are not unpacked: the view cannot know for which time it is asked.
-- p_until   excluded
-- Without SET clause, to be inlined. The sensor is an argument, as a join would not reach the chunks.
-- Who may call it: every API role; row-level security decides which rows.
create function private.values_between(p_sensor integer, p_since timestamp, p_until timestamp)
returns setof series."TbSensorRegistro"
language sql stable
begin atomic
  select r."dtRegistro", r."nrValor", r."cdPosicao", r."cdSensor", r."cdDispositivo", r."cdCliente",
         r."cdProdutoItem", r."nrQualidade", r."blValor", r."dsValor"
  from series."TbSensorRegistro" r
  where r."cdSensor" = p_sensor and r."dtRegistro" >= p_since and r."dtRegistro" < p_until
  union all
  select u."dtRegistro", u."nrValor", u."cdPosicao", u."cdSensor", u."cdDispositivo", u."cdCliente",
         u."cdProdutoItem", u."nrQualidade", u."blValor", u."dsValor"
  from private.unpacked_values(p_since, p_until) u
  where u."cdSensor" = p_sensor;
end;
comment on function private.values_between is 'Values of a sensor in a time range, wherever they are stored.';
revoke all on function private.values_between from public;
grant execute on function private.values_between to authenticated, service_role;
