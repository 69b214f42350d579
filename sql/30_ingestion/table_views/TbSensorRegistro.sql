-- All values, wherever they are stored. Filter by sensor and time: of packed history the chunks of other
-- sensors and clients are not unpacked; by time functions choose them better (private.values_between).
create view public."TbSensorRegistro" with (security_invoker = true) as
select r."dtRegistro", r."nrValor", r."cdPosicao", r."cdSensor", r."cdDispositivo", r."cdCliente",
       r."cdProdutoItem", r."nrQualidade", r."blValor", r."dsValor"
from series."TbSensorRegistro" r
union all
select u."dtRegistro", u."nrValor", u."cdPosicao", u."cdSensor", u."cdDispositivo", u."cdCliente",
       u."cdProdutoItem", u."nrQualidade", u."blValor", u."dsValor"
from private.unpacked_values('-infinity', 'infinity') u;
revoke all on public."TbSensorRegistro" from public, anon, authenticated;
grant select on public."TbSensorRegistro" to authenticated, service_role;
comment on view public."TbSensorRegistro" is
  'Sensor values: a number, a boolean or a text. Read only: ingestion writes them.';
comment on column public."TbSensorRegistro"."dtRegistro" is 'When it was measured, UTC.';
comment on column public."TbSensorRegistro"."nrValor" is 'Numeric value, in the unit of the sensor type.';
comment on column public."TbSensorRegistro"."cdPosicao" is
  'The position it came with; null for values without a position.';
comment on column public."TbSensorRegistro"."cdDispositivo" is 'Device the sensor was on; a sensor may move.';
comment on column public."TbSensorRegistro"."cdCliente" is
  'Who owned the device when the value was received; part of the key.';
comment on column public."TbSensorRegistro"."nrQualidade" is
  '0 ok, 1 suspect, 2 fault; faults are not summed up.';
