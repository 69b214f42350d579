-- The same as TbSensorRegistro1h, under the name that dashboards know.
create view public."VwSensorRegistro1h" with (security_invoker = true) as
select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma",
       b."nrMin", b."nrMax"
from public."TbSensorRegistro1h" b;
revoke all on public."VwSensorRegistro1h" from public, anon, authenticated;
grant select on public."VwSensorRegistro1h" to authenticated, service_role;
comment on view public."VwSensorRegistro1h" is 'The same as TbSensorRegistro1h.';
