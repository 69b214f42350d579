-- What a dashboard reads: the readings and their rollups of the caller's clients, exact at any moment. Name a sensor or a
-- time when you ask: what is not summed up yet is summed up on reading.
create view public."VwSensorRegistro" with (security_invoker = true, security_barrier = true) as
select r."cdSensor", r."dtRegistro", r."nrValor", r."blValor", r."dsValor", r."nrQualidade", r."cdPosicao", r."cdDispositivo",
       r."cdCliente", r."cdProdutoItem"
from public."TbSensorRegistro" r;
revoke all on public."VwSensorRegistro" from public, anon, authenticated;
grant select on public."VwSensorRegistro" to authenticated, service_role;
comment on view public."VwSensorRegistro" is 'Sensor readings of the caller''s clients.';

create view public."VwSensorRegistro1m" with (security_invoker = true, security_barrier = true) as
select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin", b."nrMax"
from public."TbSensorRegistro1m" b
where not exists (
  select from private.horas_pendentes() p
  where p."cdSensor" = b."cdSensor" and p."dtHora" = date_trunc('hour', b."dtBucket")
    and b."dtBucket" >= private.bruto_expirado(b."cdCliente"))
union all
select l."cdSensor", l."cdCliente", l."cdProdutoItem", l."dtBucket", l."nrQtd", l."nrSoma", l."nrMin", l."nrMax"
from private.baldes_das_leituras(1) l;
revoke all on public."VwSensorRegistro1m" from public, anon, authenticated;
grant select on public."VwSensorRegistro1m" to authenticated, service_role;
comment on view public."VwSensorRegistro1m" is 'Readings of the caller''s clients by minute, UTC: number, sum, least and greatest.';

create view public."VwSensorRegistro5m" with (security_invoker = true, security_barrier = true) as
select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin", b."nrMax"
from public."TbSensorRegistro5m" b
where not exists (
  select from private.horas_pendentes() p
  where p."cdSensor" = b."cdSensor" and p."dtHora" = date_trunc('hour', b."dtBucket")
    and b."dtBucket" >= private.bruto_expirado(b."cdCliente"))
union all
select l."cdSensor", l."cdCliente", l."cdProdutoItem", l."dtBucket", l."nrQtd", l."nrSoma", l."nrMin", l."nrMax"
from private.baldes_das_leituras(5) l;
revoke all on public."VwSensorRegistro5m" from public, anon, authenticated;
grant select on public."VwSensorRegistro5m" to authenticated, service_role;
comment on view public."VwSensorRegistro5m" is 'Readings of the caller''s clients by five minutes, UTC: number, sum, least and greatest.';

create view public."VwSensorRegistro1h" with (security_invoker = true, security_barrier = true) as
select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin", b."nrMax"
from public."TbSensorRegistro1h" b
where not exists (
  select from private.horas_pendentes() p
  where p."cdSensor" = b."cdSensor" and p."dtHora" = date_trunc('hour', b."dtBucket")
    and b."dtBucket" >= private.bruto_expirado(b."cdCliente"))
union all
select l."cdSensor", l."cdCliente", l."cdProdutoItem", l."dtBucket", l."nrQtd", l."nrSoma", l."nrMin", l."nrMax"
from private.baldes_das_leituras(60) l;
revoke all on public."VwSensorRegistro1h" from public, anon, authenticated;
grant select on public."VwSensorRegistro1h" to authenticated, service_role;
comment on view public."VwSensorRegistro1h" is 'Readings of the caller''s clients by hour, UTC: number, sum, least and greatest.';
