-- Reads buckets: from a rollup where it is right, from the readings elsewhere. The answer is what the readings would give.

create function private.marca_dos_rollups(out piso timestamp, out marca timestamp)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select m."dtPiso", m."dtMarca" from private."TbRollupMarca" m
$$;
comment on function private.marca_dos_rollups() is 'Between which times rollups and counters are kept.';
revoke all on function private.marca_dos_rollups() from public;
grant execute on function private.marca_dos_rollups() to authenticated, service_role;

create function private.bruto_expirado(p_cd_cliente integer) returns timestamp
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select coalesce((select f."dtBruto" from private."TbRetencaoPiso" f where f."cdCliente" = p_cd_cliente), '-infinity')
$$;
comment on function private.bruto_expirado(integer) is 'Before which time the readings of a client are gone.';
revoke all on function private.bruto_expirado(integer) from public;
grant execute on function private.bruto_expirado(integer) to authenticated, service_role;

-- Asked for marked hours only, which are few.
create function private.sensor_visivel(p_cd_sensor integer) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from public."TbSensorVinculo" s
    join public."TbDispositivoVinculo" d on d."cdDispositivo" = s."cdDispositivo"
    where s."cdSensor" = p_cd_sensor and d."cdCliente" = any ((select private.clientes_visiveis())::integer[]))
$$;
comment on function private.sensor_visivel(integer) is 'A client of the caller once owned the device that the sensor was on.';
revoke all on function private.sensor_visivel(integer) from public;

-- Security definer: marks are nobody else's to read.
create function private.marcas_de(p_cd_sensores integer[], p_de timestamp, p_ate timestamp) returns private.faixa[]
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_seqscan = off set jit = off set plan_cache_mode = force_generic_plan as $$
begin
  return array(
    select distinct row(p."cdSensor", null, p."dtHora", p."dtHora" + interval '1 hour')::private.faixa
    from private."TbRollupPendente" p
    where p."cdSensor" = any (p_cd_sensores) and p."dtHora" >= date_trunc('hour', p_de) and p."dtHora" < p_ate
      and private.sensor_visivel(p."cdSensor"));
end
$$;
comment on function private.marcas_de(integer[], timestamp, timestamp) is 'Hours of visible sensors that rollups do not answer, as something in them changed.';
revoke all on function private.marcas_de(integer[], timestamp, timestamp) from public;
grant execute on function private.marcas_de(integer[], timestamp, timestamp) to authenticated, service_role;

-- From the readings: the edges that are no whole bucket, what is not summed up yet or was before the rollups, hours with
-- marks, and hours whose readings were too few for this rollup. Security definer: of the hours only those of visible clients are
-- looked at.
create function private.planejar_leitura(p_minutos integer, p_cd_sensores integer[], p_de timestamp, p_ate timestamp)
returns private.plano_de_leitura
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_seqscan = off set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_de timestamp;
  v_ate timestamp;
  v_pendentes private.faixa[];
  v_brutas private.faixa[];
  v_visiveis integer[];
  v_repartido boolean := true;
  v_marca record := private.marca_dos_rollups();
  v_largura interval := make_interval(mins => p_minutos);
begin
  v_de := greatest(p_de, v_marca.piso);
  v_de := date_bin(v_largura, v_de + v_largura - interval '1 microsecond', timestamp '2000-01-01');
  v_ate := date_bin(v_largura, least(p_ate, v_marca.marca), timestamp '2000-01-01');
  if not (isfinite(v_marca.marca) and v_de < v_ate) then
    return row(v_de, v_de, null::private.faixa[],
      array(select row(s, null, p_de, p_ate)::private.faixa from unnest(p_cd_sensores) s where p_de < p_ate), false);
  end if;
  v_pendentes := private.marcas_de(p_cd_sensores, v_de, v_ate);
  v_brutas := array(
    select row(s, null, p_de, v_de)::private.faixa from unnest(p_cd_sensores) s where p_de < v_de
    union all
    select row(s, null, v_ate, p_ate)::private.faixa from unnest(p_cd_sensores) s where v_ate < p_ate
    union all
    select row(f.codigo, null, greatest(f.de, v_de), least(f.ate, v_ate))::private.faixa
    from unnest(v_pendentes) f);
  if p_minutos < 60 then
    v_visiveis := private.clientes_visiveis();
    v_brutas := v_brutas || array(
      select row(h."cdSensor", h."cdCliente", greatest(min(h."dtBucket"), v_de),
                 least(max(h."dtBucket") + interval '1 hour', v_ate))::private.faixa
      from (
        select d.*, d."dtBucket" - row_number() over (partition by d."cdSensor", d."cdCliente" order by d."dtBucket")
                 * interval '1 hour' as ilha -- hours that follow each other are one piece
        from (
          select distinct b."cdSensor", b."cdCliente", b."dtBucket" from public."TbSensorRegistro1h" b
          where b."cdSensor" = any (p_cd_sensores) and b."nrFino" > p_minutos and b."cdCliente" = any (v_visiveis)
            and b."dtBucket" >= date_trunc('hour', v_de) and b."dtBucket" < v_ate
            and not exists (select from unnest(v_pendentes) f where f.codigo = b."cdSensor" and f.de = b."dtBucket")
        ) d
      ) h
      group by h."cdSensor", h."cdCliente", h.ilha);
    v_repartido := v_pendentes <> '{}' or exists (
      select from public."TbSensorRegistro1h" b
      where b."cdSensor" = any (p_cd_sensores) and b."cdCliente" = any (v_visiveis)
        and b."dtBucket" >= date_trunc('hour', v_de) and b."dtBucket" < v_ate
      group by b."cdSensor", b."dtBucket" having count(*) > 1);
  end if;
  return row(v_de, v_ate, nullif(v_pendentes, '{}'), v_brutas, v_repartido);
end
$$;
comment on function private.planejar_leitura(integer, integer[], timestamp, timestamp) is
  'What of [de, ate) a rollup answers, and what the readings.';
revoke all on function private.planejar_leitura(integer, integer[], timestamp, timestamp) from public;
grant execute on function private.planejar_leitura(integer, integer[], timestamp, timestamp) to authenticated, service_role;
