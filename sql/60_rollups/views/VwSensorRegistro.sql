-- For dashboards: the values of the caller's clients. Filter by sensor or time. VwSensorRegistro1m, 5m and 1h
-- are rollups of them, exact at any moment: what is not summed up yet is summed up when it is read.
create view public."VwSensorRegistro" with (security_invoker = true) as
select r."cdSensor", r."dtRegistro", r."nrValor", r."blValor", r."dsValor", r."nrQualidade", r."cdPosicao",
       r."cdDispositivo", r."cdCliente", r."cdProdutoItem"
from public."TbSensorRegistro" r;
revoke all on public."VwSensorRegistro" from public, anon, authenticated;
grant select on public."VwSensorRegistro" to authenticated, service_role;
comment on view public."VwSensorRegistro" is 'Values of the sensors of the caller''s clients.';
