-- The same as TbSensorRegistro1m, under the name that dashboards know.
create view public."VwSensorRegistro1m" with (security_invoker = true) as
select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma",
       b."nrMin", b."nrMax"
from public."TbSensorRegistro1m" b;
revoke all on public."VwSensorRegistro1m" from public, anon, authenticated;
grant select on public."VwSensorRegistro1m" to authenticated, service_role;
comment on view public."VwSensorRegistro1m" is 'The same as TbSensorRegistro1m.';
