-- For the views: all buckets that must be made from the values, because they lie above the watermark or below
-- the floor, are dirty, or had too few values for this rollup. See private.plan_reading, which does the same
-- for functions.
-- Without SET clause, to be inlined, so that the conditions on a view reach the indexes.
-- Who may call it: every API role, as the views run as their caller; row-level security decides which rows.
create function private.unsummed_buckets(p_minutes integer)
returns table ("cdSensor" integer, "cdCliente" integer, "cdProdutoItem" integer, "dtBucket" timestamp,
               "nrQtd" integer, "nrSoma" double precision, "nrMin" double precision, "nrMax" double precision)
language sql stable as $$
  select r."cdSensor", r."cdCliente", r."cdProdutoItem",
         date_bin(make_interval(mins => p_minutes), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.summable(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from private.value_rows() r
  where r."nrValor" is not null and r."nrQualidade" < 2
    and r."dtRegistro" >= (select m.watermark from private.rollup_watermark() m)
  group by 1, 2, 3, 4
  union all
  select r."cdSensor", r."cdCliente", r."cdProdutoItem",
         date_bin(make_interval(mins => p_minutes), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.summable(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from private.value_rows() r
  where r."nrValor" is not null and r."nrQualidade" < 2
    and r."dtRegistro" < (select m.floor from private.rollup_watermark() m)
    and r."dtRegistro" < (select m.watermark from private.rollup_watermark() m)
  group by 1, 2, 3, 4
  union all
  select r."cdSensor", r."cdCliente", r."cdProdutoItem",
         date_bin(make_interval(mins => p_minutes), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.summable(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from (
    select distinct p."cdSensor", p."cdCliente", p."dtHora", p."dtHora" + interval '1 hour' as "dtFim"
    from private."TbRollupPendente" p
    where p."cdCliente" is not null
      and p."dtHora" >= (select m.floor from private.rollup_watermark() m)
      and p."dtHora" < (select m.watermark from private.rollup_watermark() m)
  ) p
  join lateral private.values_between(p."cdSensor", p."dtHora", p."dtFim") r
    on r."cdCliente" = p."cdCliente"
  where r."nrValor" is not null and r."nrQualidade" < 2
  group by 1, 2, 3, 4
  union all
  select h."cdSensor", h."cdCliente", h."cdProdutoItem", c."dtBucket", v.quantity, v.total, v.low, v.high
  from private.stored_hours() h
  join private."TbCalendario" o on o."nrMinutos" = 60 and o."dtBucket" = h."dtBucket"
  cross join lateral private.buckets_of_hour(
    p_minutes, h."cdSensor", h."cdCliente", h."cdProdutoItem", o."dtBucket", o."dtFim") v
  join private."TbCalendario" c
    on c."nrMinutos" = p_minutes and c."dtBucket" = v.bucket and c."dtHora" = h."dtBucket"
  where p_minutes < 60 and h."nrFino" > p_minutes
    and (h."cdSensor", h."cdCliente", h."dtBucket") not in (
      select p."cdSensor", p."cdCliente", p."dtHora" from private."TbRollupPendente" p
      where p."cdCliente" is not null)
  union all -- apart, as hours that are rows are looked up one by one
  select h."cdSensor", h."cdCliente", h."cdProdutoItem", c."dtBucket", v.quantity, v.total, v.low, v.high
  from private.unpacked_buckets(60, '-infinity', 'infinity') h
  join private."TbCalendario" o on o."nrMinutos" = 60 and o."dtBucket" = h."dtBucket"
  cross join lateral private.buckets_of_hour(
    p_minutes, h."cdSensor", h."cdCliente", h."cdProdutoItem", o."dtBucket", o."dtFim") v
  join private."TbCalendario" c
    on c."nrMinutos" = p_minutes and c."dtBucket" = v.bucket and c."dtHora" = h."dtBucket"
  where p_minutes < 60 and h."nrFino" > p_minutes
    and (h."cdSensor", h."cdCliente", h."dtBucket") not in (
      select p."cdSensor", p."cdCliente", p."dtHora" from private."TbRollupPendente" p
      where p."cdCliente" is not null)
$$;
comment on function private.unsummed_buckets is
  'Buckets that the rollup of so many minutes does not have, or has wrong.';
revoke all on function private.unsummed_buckets from public;
grant execute on function private.unsummed_buckets to authenticated, service_role;
