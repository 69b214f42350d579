-- Values that are stored as rows, not packed; late ones as well. For reads of the newest or oldest few: a
-- union with packs would have to be sorted before its first row is known.
-- Without SET clause, to be inlined.
-- Who may call it: every API role; row-level security decides which rows.
create function private.value_rows() returns setof series."TbSensorRegistro"
language sql stable
begin atomic
  select r."dtRegistro", r."nrValor", r."cdPosicao", r."cdSensor", r."cdDispositivo", r."cdCliente",
         r."cdProdutoItem", r."nrQualidade", r."blValor", r."dsValor"
  from series."TbSensorRegistro" r;
end;
comment on function private.value_rows is 'Values that are stored as rows, not packed.';
revoke all on function private.value_rows from public;
grant execute on function private.value_rows to authenticated, service_role;
