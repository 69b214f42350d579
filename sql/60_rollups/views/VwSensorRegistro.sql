-- What a dashboard reads: the readings and their rollups of the caller's clients, exact at any moment. Name a sensor or a
-- time when you ask: what is not summed up yet is summed up on reading.
create view public."VwSensorRegistro" with (security_invoker = true, security_barrier = true) as
select r."cdSensor", r."dtRegistro", r."nrValor", r."blValor", r."dsValor", r."nrQualidade", r."cdPosicao", r."cdDispositivo",
       r."cdCliente", r."cdProdutoItem"
from public."TbSensorRegistro" r;
revoke all on public."VwSensorRegistro" from public, anon, authenticated;
grant select on public."VwSensorRegistro" to authenticated, service_role;
comment on view public."VwSensorRegistro" is 'Sensor readings of the caller''s clients.';
