create view public."VwSensorRegistro5m" with (security_invoker = true) as
(select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma",
        b."nrMin", b."nrMax"
 from public."TbSensorRegistro5m" b
 where (b."cdSensor", b."cdCliente", date_trunc('hour', b."dtBucket")) not in (
         select p."cdSensor", p."cdCliente", p."dtHora" from private."TbRollupPendente" p
         where p."cdCliente" is not null)
    or b."dtBucket" < private.raw_expired_before(b."cdCliente")
 order by b."dtBucket" desc)
union all
select l."cdSensor", l."cdCliente", l."cdProdutoItem", l."dtBucket", l."nrQtd", l."nrSoma",
       l."nrMin", l."nrMax"
from private.unsummed_buckets(5) l;
revoke all on public."VwSensorRegistro5m" from public, anon, authenticated;
grant select on public."VwSensorRegistro5m" to authenticated, service_role;
comment on view public."VwSensorRegistro5m" is
  'Values of the caller''s clients by five minutes, UTC: count, sum, minimum and maximum. Exact at any '
  'moment.';
