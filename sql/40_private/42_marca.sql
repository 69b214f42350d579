-- The steps by which the watermark gets on; each is one transaction, and each begins where the last one ended, whatever
-- became of it. They return what they did; 0 when there is nothing to do for now.

-- How many hours to sum up in one step, so that it stays short: some 50 MB of readings, judged by the size of their partition.
create function private.horas_do_passo(p_dt timestamp) returns integer
language sql stable set search_path = pg_catalog, pg_temp as $$
  select greatest(1, least(744, 744 * 50000000::bigint / greatest(1, coalesce(sum(pg_relation_size(c.oid)), 0))))::integer
  from pg_class c
  where c.relnamespace = 'particoes'::regnamespace
    and c.relname in ('TbSensorRegistro_' || to_char(p_dt, 'YYYY_MM'), 'TbPosicao_' || to_char(p_dt, 'YYYY_MM'))
$$;
comment on function private.horas_do_passo(timestamp) is 'How many hours around this time are summed up in one step.';
revoke all on function private.horas_do_passo(timestamp) from public;

create function private.inicio_das_series() returns timestamp
language sql stable set search_path = pg_catalog, pg_temp as $$
  select min(private.mes_da_particao(c.relname))
  from pg_class c
  where c.relnamespace = 'particoes'::regnamespace and c.relname ~ '^(TbSensorRegistro|TbPosicao)_\d'
$$;
comment on function private.inicio_das_series() is 'Start of the oldest partition of readings or positions.';
revoke all on function private.inicio_das_series() from public;

-- Every transaction that may not know of an announcement is over. Waits a moment for the short ones.
create function private.anuncio_conhecido(p_xi xid8) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  for i in 1..20 loop
    if pg_snapshot_xmin(pg_current_snapshot()) >= p_xi then
      return true;
    end if;
    perform pg_sleep(0.01);
  end loop;
  return false;
end
$$;
comment on function private.anuncio_conhecido(xid8) is 'Whoever writes from now on has seen what was announced before this transaction number.';
revoke all on function private.anuncio_conhecido(xid8) from public;

-- Announce; note from which transaction on everybody knows; sum up once all older ones are over. The number is taken in a
-- transaction after the announcement, when that is there for all to see.
create function private.avancar_marca() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_marca private."TbRollupMarca";
  v_alvo timestamp;
  v_feitas integer := 0;
begin
  select m.* into v_marca from private."TbRollupMarca" m for update;
  if v_marca."dtAnunciada" = v_marca."dtMarca" then
    select date_trunc('hour', now() at time zone 'UTC' - make_interval(mins => conf."nrMinutosRollup"))
    into v_alvo from private."TbConfiguracao" conf;
    if isfinite(v_marca."dtMarca") then
      v_alvo := least(v_alvo, v_marca."dtMarca" + make_interval(hours => private.horas_do_passo(v_marca."dtMarca")));
    end if;
    update private."TbRollupMarca" set "dtAnunciada" = v_alvo, "xiAnuncio" = null, "dtAnuncio" = now()
    where v_alvo > "dtMarca";
    return found::integer;
  end if;
  if v_marca."dtAnuncio" = now() then
    return 0; -- by this very transaction: nobody has seen it yet
  end if;
  if v_marca."xiAnuncio" is null then
    update private."TbRollupMarca" set "xiAnuncio" = pg_snapshot_xmax(pg_current_snapshot());
    return 1;
  end if;
  if not private.anuncio_conhecido(v_marca."xiAnuncio") then
    return 0;
  end if;
  if isfinite(v_marca."dtMarca") then
    v_feitas := private.somar_todos(v_marca."dtMarca", v_marca."dtAnunciada")
      + private.contar_todos(v_marca."dtMarca", v_marca."dtAnunciada", v_marca."dtPiso", v_marca."dtAnunciada");
    perform private.somar_dias_de_todos(greatest(date_trunc('day', v_marca."dtMarca"), private.dia_seguinte(v_marca."dtPiso")),
                                        date_trunc('day', v_marca."dtAnunciada"));
  end if;
  update private."TbRollupMarca" set "dtMarca" = "dtAnunciada", "xiAnuncio" = null,
    "dtPiso" = case when isfinite("dtPiso") then "dtPiso" else "dtAnunciada" end;
  return v_feitas + 1;
end
$$;
comment on function private.avancar_marca() is 'Brings the watermark one step further.';
revoke all on function private.avancar_marca() from public;

create function private.somar_todos(p_de timestamp, p_ate timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_sensores integer[] := array(select s."cdSensor" from public."TbSensor" s);
begin
  return private.somar_horas(v_sensores, array_fill(p_de, array[cardinality(v_sensores)]),
                             array_fill(p_ate, array[cardinality(v_sensores)]));
end
$$;
comment on function private.somar_todos(timestamp, timestamp) is 'Makes rollups of whole hours of all sensors.';
revoke all on function private.somar_todos(timestamp, timestamp) from public;

-- What was there before the rollups, newest first. Nobody needs to be waited for: below the watermark every writer marks.
create function private.recuar_piso() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_marca private."TbRollupMarca";
  v_fim timestamp;
  v_novo timestamp;
  v_feitas integer;
begin
  select m.* into v_marca from private."TbRollupMarca" m for update;
  v_fim := private.inicio_das_series();
  if not isfinite(v_marca."dtPiso") or v_fim >= v_marca."dtPiso" then
    return 0;
  end if;
  v_novo := greatest(v_fim, date_trunc('month', v_marca."dtPiso" - interval '1 hour'), v_marca."dtPiso"
    - make_interval(hours => private.horas_do_passo(v_marca."dtPiso" - interval '1 hour')));
  v_feitas := private.somar_todos(v_novo, v_marca."dtPiso")
    + private.contar_todos(v_novo, v_marca."dtPiso", v_novo, v_marca."dtMarca");
  perform private.somar_dias_de_todos(private.dia_seguinte(v_novo), least(private.dia_seguinte(v_marca."dtPiso"),
                                                                          date_trunc('day', v_marca."dtMarca")));
  update private."TbRollupMarca" set "dtPiso" = v_novo;
  return v_feitas + 1;
end
$$;
comment on function private.recuar_piso() is 'Sums up some more of the past.';
revoke all on function private.recuar_piso() from public;

-- Hours with marks, made anew. The marks are noted first: what they stand for is in what is read afterwards, and whoever
-- writes in the meantime leaves a mark that stays.
create function private.refazer_pendentes() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_marca private."TbRollupMarca";
  v_marcas bigint[];
  v_alvo record;
begin
  select m.* into v_marca from private."TbRollupMarca" m for update;
  with alvo as (
    select distinct p."cdSensor", p."cdDispositivo", p."dtHora"
    from (select * from private."TbRollupPendente" order by "cdPendente" limit 10000) p
    where isfinite(p."dtHora")
    limit 500
  )
  select array_agg(m."cdPendente") into v_marcas
  from (
    select p."cdPendente" from alvo a
    join private."TbRollupPendente" p on p."cdSensor" = a."cdSensor" and p."dtHora" = a."dtHora"
    union all
    select p."cdPendente" from alvo a
    join private."TbRollupPendente" p on p."cdDispositivo" = a."cdDispositivo" and p."dtHora" = a."dtHora"
  ) m;
  if v_marcas is null then
    return 0;
  end if;

  select array_agg(s."cdSensor") as sensores, array_agg(s."dtHora") as horas, array_agg(s."dtHora" + interval '1 hour') as fins
  into v_alvo
  from (select distinct p."cdSensor", p."dtHora" from private."TbRollupPendente" p
        where p."cdPendente" = any (v_marcas) and p."cdSensor" is not null
          and p."dtHora" >= v_marca."dtPiso" and p."dtHora" < v_marca."dtMarca") s;
  perform private.esquecer_horas(v_alvo.sensores, v_alvo.horas);
  perform private.somar_horas(v_alvo.sensores, v_alvo.horas, v_alvo.fins);
  select array_agg(d.sensor) as sensores, array_agg(d.dia) as dias
  into v_alvo
  from (select distinct a.sensor, date_trunc('day', a.hora) as dia from unnest(v_alvo.sensores, v_alvo.horas) as a(sensor, hora)) d
  where d.dia >= v_marca."dtPiso" and d.dia + interval '1 day' <= v_marca."dtMarca";
  perform private.somar_dias(v_alvo.sensores, v_alvo.dias);

  select array_agg(d."cdDispositivo") as dispositivos, array_agg(d.de) as de, array_agg(d.ate) as ate
  into v_alvo
  from (select p."cdDispositivo", min(p."dtHora") as de, max(p."dtHora") + interval '1 hour' as ate
        from private."TbRollupPendente" p
        where p."cdPendente" = any (v_marcas) and p."cdDispositivo" is not null
          and p."dtHora" >= v_marca."dtPiso" and p."dtHora" < v_marca."dtMarca"
        group by p."cdDispositivo", p."dtHora"::date) d;
  perform private.contar_horas(v_alvo.dispositivos, v_alvo.de, v_alvo.ate, v_marca."dtPiso", v_marca."dtMarca");

  delete from private."TbRollupPendente" p where p."cdPendente" = any (v_marcas);
  return cardinality(v_marcas);
end
$$;
comment on function private.refazer_pendentes() is 'Makes marked hours anew; returns how many marks are done.';
revoke all on function private.refazer_pendentes() from public;

-- After the measuring window of a device was edited its days are counted anew, some at a time. Until then they are counted
-- on reading, as they say which window they are for.
create function private.recontar_janelas() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_marca private."TbRollupMarca";
  v_dispositivo integer;
  v_dias timestamp[];
begin
  select m.* into v_marca from private."TbRollupMarca" m for update;
  select p."cdDispositivo" into v_dispositivo from private."TbRollupPendente" p
  where p."dtHora" = '-infinity' order by p."cdPendente" limit 1;
  if v_dispositivo is null then
    return 0;
  end if;
  v_dias := array(
    select distinct c."dtDia"::timestamp
    from public."TbContagemDiaria" c
    join public."TbDispositivo" d on d."cdDispositivo" = c."cdDispositivo"
    where c."cdDispositivo" = v_dispositivo
      and (c."horarioMedicaoInicio", c."horarioMedicaoFim") is distinct from (d."horarioMedicaoInicio", d."horarioMedicaoFim")
    limit 100);
  if v_dias = '{}' then
    delete from private."TbRollupPendente" p where p."dtHora" = '-infinity' and p."cdDispositivo" = v_dispositivo;
    return 1;
  end if;
  return private.contar_horas(array_fill(v_dispositivo, array[cardinality(v_dias)]), v_dias,
    array(select d + interval '1 hour' from unnest(v_dias) d), v_marca."dtPiso", v_marca."dtMarca");
end
$$;
comment on function private.recontar_janelas() is 'Counts days anew whose measuring window was edited; returns how many.';
revoke all on function private.recontar_janelas() from public;
