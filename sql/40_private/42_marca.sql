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
