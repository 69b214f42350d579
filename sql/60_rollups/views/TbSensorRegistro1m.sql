create view public."TbSensorRegistro1m" with (security_invoker = true) as
(select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma",
        b."nrMin", b."nrMax"
 from series."TbSensorRegistro1m" b
 where (b."cdSensor", b."cdCliente", date_trunc('hour', b."dtBucket")) not in (
         select p."cdSensor", p."cdCliente", p."dtHora" from private."TbRollupPendente" p
         where p."cdCliente" is not null)
    or b."dtBucket" < private.raw_expired_before(b."cdCliente", b."cdSensor")
 order by b."dtBucket" desc)
union all
select u."cdSensor", u."cdCliente", u."cdProdutoItem", u."dtBucket", u."nrQtd", u."nrSoma",
       u."nrMin", u."nrMax"
from private.unpacked_buckets(1, '-infinity', 'infinity') u
where (u."cdSensor", u."cdCliente", date_trunc('hour', u."dtBucket")) not in (
        select p."cdSensor", p."cdCliente", p."dtHora" from private."TbRollupPendente" p
        where p."cdCliente" is not null)
   or u."dtBucket" < private.raw_expired_before(u."cdCliente", u."cdSensor")
union all
select l."cdSensor", l."cdCliente", l."cdProdutoItem", l."dtBucket", l."nrQtd", l."nrSoma",
       l."nrMin", l."nrMax"
from private.unsummed_buckets(1) l;
revoke all on public."TbSensorRegistro1m" from public, anon, authenticated;
grant select on public."TbSensorRegistro1m" to authenticated, service_role;
comment on view public."TbSensorRegistro1m" is
  'Values of the caller''s clients by minute, UTC: count, sum, minimum and maximum. Exact at any moment.';
comment on column public."TbSensorRegistro1m"."dtBucket" is 'Start of the minute, UTC.';
comment on column public."TbSensorRegistro1m"."nrQtd" is 'Number of numeric values, without faults.';
comment on column public."TbSensorRegistro1m"."cdCliente" is
  'Who owned the device when the values were received.';
comment on column public."TbSensorRegistro1m"."cdProdutoItem" is 'Product item of the values, if any.';
comment on column public."TbSensorRegistro1m"."nrSoma" is
  'Their sum; infinite or NaN where a value is beyond 1e290.';
