-- Retention: what is older than a client's policy says goes, a piece at a time. Rollups never change by it: before readings
-- go, the finer rollups that were not worth keeping are made of them. Hours of a client's rollups go only where its
-- readings are gone too, as it is by them that readings are found.

-- Up to when each client's data may go; null where nothing may. Whole days.
create function private.prazos() returns table ("cdCliente" integer, bruto timestamp, um timestamp, cinco timestamp, hora timestamp)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select c."cdCliente", d.hoje - make_interval(days => p."nrDiasBruto"), d.hoje - make_interval(days => p."nrDias1m"),
         d.hoje - make_interval(days => p."nrDias5m"), d.hoje - make_interval(days => p."nrDias1h")
  from public."TbCliente" c
  cross join (select date_trunc('day', now() at time zone 'UTC') as hoje) d
  join lateral (
    select r.* from public."TbPoliticaRetencao" r
    where r."cdCliente" = c."cdCliente" or r."cdCliente" is null
    order by r."cdCliente" nulls last limit 1
  ) p on not p."blGuardaLegal"
$$;
comment on function private.prazos() is 'Before which time the data of each client may go, by its policy.';
revoke all on function private.prazos() from public;

-- Makes the finer rollups of these hours of a client, where there are none, so that its readings can go.
create function private.completar_rollups(p_cd_cliente integer, p_sensores integer[], p_de timestamp, p_ate timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp set jit = off as $$
begin
  insert into public."TbSensorRegistro1m" ("dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
  select date_trunc('minute', r."dtRegistro"), sum(private.somavel(r."nrValor")), min(r."nrValor"), max(r."nrValor"), count(*),
         h."cdSensor", h."cdCliente", h."cdProdutoItem"
  from public."TbSensorRegistro1h" h
  join public."TbSensorRegistro" r on r."cdSensor" = h."cdSensor" and r."dtRegistro" >= h."dtBucket"
    and r."dtRegistro" < h."dtBucket" + interval '1 hour' and r."cdCliente" = h."cdCliente"
    and r."cdProdutoItem" is not distinct from h."cdProdutoItem" and r."nrValor" is not null
  where h."cdSensor" = any (p_sensores) and h."dtBucket" >= p_de and h."dtBucket" < p_ate and h."cdCliente" = p_cd_cliente
    and h."nrFino" > 1
  group by 1, 6, 7, 8;

  insert into public."TbSensorRegistro5m" ("dtBucket", "nrSoma", "nrMin", "nrMax", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem")
  select date_bin('5 minutes', b."dtBucket", timestamp '2000-01-01'), sum(b."nrSoma"), min(b."nrMin"), max(b."nrMax"),
         sum(b."nrQtd"), h."cdSensor", h."cdCliente", h."cdProdutoItem"
  from public."TbSensorRegistro1h" h
  join public."TbSensorRegistro1m" b on b."cdSensor" = h."cdSensor" and b."dtBucket" >= h."dtBucket"
    and b."dtBucket" < h."dtBucket" + interval '1 hour' and b."cdCliente" = h."cdCliente"
    and b."cdProdutoItem" is not distinct from h."cdProdutoItem"
  where h."cdSensor" = any (p_sensores) and h."dtBucket" >= p_de and h."dtBucket" < p_ate and h."cdCliente" = p_cd_cliente
    and h."nrFino" = 60
  group by 1, 6, 7, 8;

  update public."TbSensorRegistro1h" h set "nrFino" = 1
  where h."cdSensor" = any (p_sensores) and h."dtBucket" >= p_de and h."dtBucket" < p_ate and h."cdCliente" = p_cd_cliente
    and h."nrFino" > 1;
end
$$;
comment on function private.completar_rollups(integer, integer[], timestamp, timestamp) is
  'Makes the finer rollups that hours of a client do not have.';
revoke all on function private.completar_rollups(integer, integer[], timestamp, timestamp) from public;

-- A day of one client's positions and readings. Nobody may write that day any more when this is called.
create function private.apagar_brutos(p_cd_cliente integer, p_de timestamp, p_ate timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_dispositivos integer[] := array(
    select distinct v."cdDispositivo" from public."TbDispositivoVinculo" v where v."cdCliente" = p_cd_cliente);
  v_sensores integer[] := array(
    select distinct s."cdSensor" from public."TbSensorVinculo" s where s."cdDispositivo" = any (v_dispositivos));
  v_leituras integer;
  v_posicoes integer;
begin
  perform private.completar_rollups(p_cd_cliente, v_sensores, p_de, p_ate);
  perform set_config('rastro.marcas', 'em conjunto', true); -- what expires is not late
  delete from public."TbSensorRegistro" r
  where r."cdSensor" = any (v_sensores) and r."dtRegistro" >= p_de and r."dtRegistro" < p_ate and r."cdCliente" = p_cd_cliente;
  get diagnostics v_leituras = row_count;
  delete from public."TbPosicao" p
  where p."cdDispositivo" = any (v_dispositivos) and p."dtRegistro" >= p_de and p."dtRegistro" < p_ate
    and p."cdCliente" = p_cd_cliente;
  get diagnostics v_posicoes = row_count;
  perform set_config('rastro.marcas', '', true);
  delete from public."TbContagemDiaria" c
  where c."cdDispositivo" = any (v_dispositivos) and c."dtDia" >= p_de and c."dtDia" < p_ate and c."cdCliente" = p_cd_cliente;
  return v_leituras + v_posicoes;
end
$$;
comment on function private.apagar_brutos(integer, timestamp, timestamp) is
  'Deletes positions and readings of a client; returns how many.';
revoke all on function private.apagar_brutos(integer, timestamp, timestamp) from public;
