-- Buckets of sensors as planned; several of one time where client or product item changed. Where readings have expired the
-- rollup is all there is, with or without a mark. Row-level security chooses. Inlined: callers have the settings of
-- planejar_leitura.
-- p_juntar   readings are added up whatever their client and product item, so that unless the plan is `repartido` there is
--            one row for each bucket
create function private.baldes(p_minutos integer, p_cd_sensores integer[], p_plano private.plano_de_leitura, p_juntar boolean)
returns table ("cdSensor" integer, "cdCliente" integer, "cdProdutoItem" integer, "dtBucket" timestamp,
               "nrQtd" integer, "nrSoma" double precision, "nrMin" double precision, "nrMax" double precision)
language sql stable as $$
  select b."cdSensor", b."cdCliente", b."cdProdutoItem", b."dtBucket", b."nrQtd", b."nrSoma", b."nrMin", b."nrMax"
  from (
    select 1 as minutos, "cdSensor", "cdCliente", "cdProdutoItem", "dtBucket", "nrQtd", "nrSoma", "nrMin", "nrMax"
    from public."TbSensorRegistro1m"
    union all
    select 5, "cdSensor", "cdCliente", "cdProdutoItem", "dtBucket", "nrQtd", "nrSoma", "nrMin", "nrMax"
    from public."TbSensorRegistro5m"
    union all
    select 60, "cdSensor", "cdCliente", "cdProdutoItem", "dtBucket", "nrQtd", "nrSoma", "nrMin", "nrMax"
    from public."TbSensorRegistro1h"
  ) b
  where b.minutos = p_minutos and b."cdSensor" = any (p_cd_sensores)
    and b."dtBucket" >= (p_plano).de and b."dtBucket" < (p_plano).ate
    and ((p_plano).pendentes is null or not exists (
      select from unnest((p_plano).pendentes) f
      where f.codigo = b."cdSensor" and b."dtBucket" >= f.de and b."dtBucket" < f.ate
        and b."dtBucket" >= private.bruto_expirado(b."cdCliente")))
  union all
  select r."cdSensor", case when not p_juntar then r."cdCliente" end, case when not p_juntar then r."cdProdutoItem" end,
         date_bin(make_interval(mins => p_minutos), r."dtRegistro", timestamp '2000-01-01'), count(*)::integer,
         sum(private.somavel(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from unnest((p_plano).brutas) f
  join public."TbSensorRegistro" r on r."cdSensor" = f.codigo and r."dtRegistro" >= f.de and r."dtRegistro" < f.ate
  where r."nrValor" is not null and (f."cdCliente" is null or r."cdCliente" = f."cdCliente")
  group by 1, 2, 3, 4
$$;
comment on function private.baldes(integer, integer[], private.plano_de_leitura, boolean) is
  'Buckets of 1, 5 or 60 minutes, exactly as the readings give them.';
revoke all on function private.baldes(integer, integer[], private.plano_de_leitura, boolean) from public;
grant execute on function private.baldes(integer, integer[], private.plano_de_leitura, boolean) to authenticated, service_role;

create function private.horas_pendentes() returns table ("cdSensor" integer, "dtHora" timestamp)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select distinct p."cdSensor", p."dtHora"
  from private."TbRollupPendente" p cross join private."TbRollupMarca" m
  where p."cdSensor" is not null and p."dtHora" >= m."dtPiso" and p."dtHora" < m."dtMarca"
    and private.sensor_visivel(p."cdSensor")
$$;
comment on function private.horas_pendentes() is 'Hours of sensors that are read from the readings, as something in them changed.';
revoke all on function private.horas_pendentes() from public;
grant execute on function private.horas_pendentes() to authenticated, service_role;

-- For the views: all buckets that no rollup answers. Inlined, so that what a view is asked for reaches the indexes.
create function private.baldes_das_leituras(p_minutos integer)
returns table ("cdSensor" integer, "cdCliente" integer, "cdProdutoItem" integer, "dtBucket" timestamp,
               "nrQtd" integer, "nrSoma" double precision, "nrMin" double precision, "nrMax" double precision)
language sql stable as $$
  select r."cdSensor", r."cdCliente", r."cdProdutoItem", date_bin(make_interval(mins => p_minutos), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.somavel(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from public."TbSensorRegistro" r
  where r."nrValor" is not null and r."dtRegistro" >= (select m.marca from private.marca_dos_rollups() m)
  group by 1, 2, 3, 4
  union all
  select r."cdSensor", r."cdCliente", r."cdProdutoItem", date_bin(make_interval(mins => p_minutos), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.somavel(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from public."TbSensorRegistro" r
  where r."nrValor" is not null and r."dtRegistro" < (select m.piso from private.marca_dos_rollups() m)
    and r."dtRegistro" < (select m.marca from private.marca_dos_rollups() m)
  group by 1, 2, 3, 4
  union all
  select r."cdSensor", r."cdCliente", r."cdProdutoItem", date_bin(make_interval(mins => p_minutos), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.somavel(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from private.horas_pendentes() p
  join public."TbSensorRegistro" r
    on r."cdSensor" = p."cdSensor" and r."dtRegistro" >= p."dtHora" and r."dtRegistro" < p."dtHora" + interval '1 hour'
  where r."nrValor" is not null
  group by 1, 2, 3, 4
  union all
  select r."cdSensor", r."cdCliente", r."cdProdutoItem", date_bin(make_interval(mins => p_minutos), r."dtRegistro", timestamp '2000-01-01'),
         count(*)::integer, sum(private.somavel(r."nrValor")), min(r."nrValor"), max(r."nrValor")
  from public."TbSensorRegistro1h" h
  join public."TbSensorRegistro" r
    on r."cdSensor" = h."cdSensor" and r."dtRegistro" >= h."dtBucket" and r."dtRegistro" < h."dtBucket" + interval '1 hour'
    and r."cdCliente" = h."cdCliente" and r."cdProdutoItem" is not distinct from h."cdProdutoItem"
  where r."nrValor" is not null and p_minutos < 60 and h."nrFino" > p_minutos
    and not exists (select from private.horas_pendentes() p where p."cdSensor" = h."cdSensor" and p."dtHora" = h."dtBucket")
  group by 1, 2, 3, 4
$$;
comment on function private.baldes_das_leituras(integer) is 'Buckets that are not, or not rightly, in the rollup of so many minutes.';
revoke all on function private.baldes_das_leituras(integer) from public;
grant execute on function private.baldes_das_leituras(integer) to authenticated, service_role;
