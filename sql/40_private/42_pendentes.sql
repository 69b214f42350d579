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
