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

-- One piece of what one client's policy asks for. As with the watermark: announce, wait for whoever may not know, do it.
create function private.expirar_brutos() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_marca private."TbRollupMarca";
  v_piso private."TbRetencaoPiso";
  v_de timestamp;
  v_ate timestamp;
  v_feitas integer := 0;
begin
  select m.* into v_marca from private."TbRollupMarca" m for update; -- alone with the rollups
  insert into private."TbRetencaoPiso" as f ("cdCliente", "dtAnunciado")
  select p."cdCliente", p.bruto from private.prazos() p
  where p.bruto < v_marca."dtMarca"
  on conflict ("cdCliente") do update set "dtAnunciado" = excluded."dtAnunciado", "xiAnuncio" = null, "dtAnuncio" = now()
    where f."dtAnunciado" < excluded."dtAnunciado" and f."dtBruto" = f."dtAnunciado";
  if found then
    return 1;
  end if;
  update private."TbRetencaoPiso" set "xiAnuncio" = pg_snapshot_xmax(pg_current_snapshot())
  where "dtBruto" < "dtAnunciado" and "xiAnuncio" is null and "dtAnuncio" <> now();
  if found then
    return 1;
  end if;

  select f.* into v_piso from private."TbRetencaoPiso" f join private.prazos() p on p."cdCliente" = f."cdCliente"
  where f."dtBruto" < f."dtAnunciado" and f."xiAnuncio" is not null order by f."dtBruto", f."cdCliente" limit 1;
  if v_piso."cdCliente" is null or not private.anuncio_conhecido(v_piso."xiAnuncio")
     -- all of it must be summed up
     or exists (select from private."TbRollupPendente" p where p."dtHora" < v_piso."dtAnunciado" and isfinite(p."dtHora"))
     or private.inicio_das_series() < v_marca."dtPiso" then
    return 0;
  end if;
  v_de := greatest(v_piso."dtBruto", private.inicio_das_series());
  v_ate := least(greatest(v_de, v_piso."dtBruto") + interval '1 day', v_piso."dtAnunciado");
  if v_de < v_ate then
    v_feitas := private.apagar_brutos(v_piso."cdCliente", v_de, v_ate);
  end if;
  update private."TbRetencaoPiso" f set "dtBruto" = v_ate where f."cdCliente" = v_piso."cdCliente";
  return v_feitas + 1;
end
$$;
comment on function private.expirar_brutos() is 'Lets positions and readings go whose time is over, a day of a client at a time.';
revoke all on function private.expirar_brutos() from public;

-- Rollups, once a day for each client. An hour says what is left of it.
create function private.expirar_rollups() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_cliente integer;
  v_ate record;
  v_linhas integer;
  v_total integer := 0;
begin
  perform from private."TbRollupMarca" for update; -- alone with the rollups
  insert into private."TbRetencaoPiso" ("cdCliente") select p."cdCliente" from private.prazos() p on conflict do nothing;
  select f."cdCliente", greatest(p.um, f.dt1m) as um, greatest(p.cinco, f.dt5m) as cinco,
         greatest(least(coalesce(p.hora, '-infinity'), f."dtBruto"), f.dt1h) as hora -- null is for ever
  into v_ate
  from private."TbRetencaoPiso" f join private.prazos() p on p."cdCliente" = f."cdCliente"
  where f.dt1m < p.um or f.dt5m < p.cinco or f.dt1h < least(coalesce(p.hora, '-infinity'), f."dtBruto")
  order by f."cdCliente" limit 1;
  v_cliente := v_ate."cdCliente";
  if v_cliente is null then
    return 0;
  end if;
  delete from public."TbSensorRegistro1m" b where b."cdCliente" = v_cliente and b."dtBucket" < v_ate.um;
  get diagnostics v_total = row_count;
  delete from public."TbSensorRegistro5m" b where b."cdCliente" = v_cliente and b."dtBucket" < v_ate.cinco;
  get diagnostics v_linhas = row_count;
  v_total := v_total + v_linhas;
  delete from public."TbSensorRegistro1h" b where b."cdCliente" = v_cliente and b."dtBucket" < v_ate.hora;
  get diagnostics v_linhas = row_count;
  v_total := v_total + v_linhas;
  delete from public."TbSensorRegistro1d" b where b."cdCliente" = v_cliente and b."dtBucket" < v_ate.hora;
  update public."TbSensorRegistro1h" b set "nrFino" = case when b."dtBucket" < v_ate.cinco then 60 else 5 end
  where b."cdCliente" = v_cliente and b."dtBucket" < v_ate.um
    and b."nrFino" < case when b."dtBucket" < v_ate.cinco then 60 else 5 end;
  update private."TbRetencaoPiso" f set dt1m = v_ate.um, dt5m = v_ate.cinco, dt1h = v_ate.hora where f."cdCliente" = v_cliente;
  return v_total + 1;
end
$$;
comment on function private.expirar_rollups() is 'Lets rollups of a client go whose time is over; returns how many.';
revoke all on function private.expirar_rollups() from public;

-- Empty partitions that lie before the coverage. Nobody is kept waiting for it: what is locked is left for the next run.
create function private.soltar_particoes() returns integer
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '50ms' as $$
declare
  v_velha record;
  v_vazia boolean;
  v_soltas integer := 0;
begin
  for v_velha in
    select c.oid::regclass as particao, i.inhparent::regclass as tabela
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid and c.relnamespace = 'particoes'::regnamespace and c.relkind = 'r'
    cross join private."TbConfiguracao" conf
    where private.mes_da_particao(c.relname)
      < date_trunc('month', now() at time zone 'UTC') - make_interval(months => conf."nrMesesAtras")
    order by c.relname
  loop
    execute format('select not exists (select from %s)', v_velha.particao) into v_vazia;
    continue when not v_vazia;
    begin
      execute format('alter table %s detach partition %s', v_velha.tabela, v_velha.particao);
      execute format('drop table %s', v_velha.particao);
      v_soltas := v_soltas + 1;
    exception when lock_not_available then
      null; -- somebody reads or writes just now
    end;
  end loop;
  return v_soltas;
end
$$;
comment on function private.soltar_particoes() is 'Drops empty partitions older than the coverage; returns how many.';
revoke all on function private.soltar_particoes() from public;

-- Dry run: what the policies would let go now.
create function private.prever_retencao() returns table ("cdCliente" integer, "dsTabela" text, "dtAte" timestamp, "nrLinhas" bigint)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_prazo record;
begin
  for v_prazo in
    select p."cdCliente", t.tabela, t.coluna, t.ate
    from private.prazos() p
    cross join lateral (values
      ('TbPosicao', 'dtRegistro', p.bruto), ('TbSensorRegistro', 'dtRegistro', p.bruto),
      ('TbSensorRegistro1m', 'dtBucket', p.um), ('TbSensorRegistro5m', 'dtBucket', p.cinco),
      ('TbSensorRegistro1h', 'dtBucket', case when num_nonnulls(p.hora, p.bruto) = 2 then least(p.hora, p.bruto) end),
      ('TbSensorRegistro1d', 'dtBucket', case when num_nonnulls(p.hora, p.bruto) = 2 then least(p.hora, p.bruto) end)
    ) as t(tabela, coluna, ate)
    where t.ate is not null
  loop
    "cdCliente" := v_prazo."cdCliente";
    "dsTabela" := v_prazo.tabela;
    "dtAte" := v_prazo.ate;
    execute format('select count(*) from public.%I where "cdCliente" = $1 and %I < $2', v_prazo.tabela, v_prazo.coluna)
      into "nrLinhas" using v_prazo."cdCliente", v_prazo.ate;
    return next;
  end loop;
end
$$;
comment on function private.prever_retencao() is 'Dry run of retention: which rows of which client its policy would let go now.';
revoke all on function private.prever_retencao() from public;
