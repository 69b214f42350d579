-- The same as TbSensorRegistro5m, under the name that dashboards know.
create view public."VwSensorRegistro5m" with (security_invoker = true) as
select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma",
       b."nrMin", b."nrMax"
from public."TbSensorRegistro5m" b;
revoke all on public."VwSensorRegistro5m" from public, anon, authenticated;
grant select on public."VwSensorRegistro5m" to authenticated, service_role;
comment on view public."VwSensorRegistro5m" is 'The same as TbSensorRegistro5m.';
