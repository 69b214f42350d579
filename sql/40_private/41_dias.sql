-- Rollups by day: the hours of TbSensorRegistro1h side by side.

-- Text for each of the hours [p_de, p_ate) of a day: p_molde with its two digits in place of ##. Null for none.
create function private.por_hora(p_molde text, p_de integer, p_ate integer, p_entre text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select string_agg(replace(p_molde, '##', to_char(h, 'FM00')), p_entre order by h) from generate_series(p_de, p_ate - 1) h
$$;
comment on function private.por_hora(text, integer, integer, text) is 'Text for each hour of a day, as the columns of TbSensorRegistro1d are named.';
revoke all on function private.por_hora(text, integer, integer, text) from public;
grant execute on function private.por_hora(text, integer, integer, text) to authenticated, service_role;

create function private.dia_seguinte(p_dt timestamp) returns timestamp
language sql immutable parallel safe as $$
  select date_trunc('day', p_dt + interval '1 day' - interval '1 microsecond')
$$;
comment on function private.dia_seguinte(timestamp) is 'The first start of a day that is not before this time.';
revoke all on function private.dia_seguinte(timestamp) from public;
grant execute on function private.dia_seguinte(timestamp) to authenticated, service_role;

-- Makes days of sensors anew from their hours, whatever these are made of.
-- p_sensores, p_dias   sensors, each with the start of a day
create function private.somar_dias(p_sensores integer[], p_dias timestamp[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  v_de timestamp := (select min(d) from unnest(p_dias) d);
  v_ate timestamp := (select max(d) + interval '1 day' from unnest(p_dias) d);
begin
  delete from public."TbSensorRegistro1d" b
  using unnest(p_sensores, p_dias) as a(sensor, dia)
  where b."cdSensor" = a.sensor and b."dtBucket" = a.dia and b."dtBucket" >= v_de and b."dtBucket" < v_ate;
  execute format($s$
    insert into public."TbSensorRegistro1d" ("dtBucket", "nrSoma", "nrQtd", "cdSensor", "cdCliente", "cdProdutoItem", %s)
    select h.dia, sum(h."nrSoma"), sum(h."nrQtd"), h."cdSensor", h."cdCliente", h."cdProdutoItem", %s
    from (
      select a.dia, date_part('hour', b."dtBucket")::integer as hora, b.*
      from unnest($1, $2) as a(sensor, dia)
      join public."TbSensorRegistro1h" b
        on b."cdSensor" = a.sensor and b."dtBucket" >= a.dia and b."dtBucket" < a.dia + interval '1 day'
        and b."dtBucket" >= $3 and b."dtBucket" < $4 -- leaves partitions out
      offset 0
    ) h
    group by h."cdSensor", h.dia, h."cdCliente", h."cdProdutoItem"
    order by h."cdSensor", h.dia
  $s$, private.por_hora('"nrQtd##", "nrSoma##"', 0, 24, ', '),
       private.por_hora('coalesce(sum(h."nrQtd") filter (where hora = ##), 0), coalesce(sum(h."nrSoma") filter (where hora = ##), 0)',
                        0, 24, ', '))
  using p_sensores, p_dias, v_de, v_ate;
end
$$;
comment on function private.somar_dias(integer[], timestamp[]) is 'Makes rollups of days of sensors anew from their hours.';
revoke all on function private.somar_dias(integer[], timestamp[]) from public;

create function private.somar_dias_de_todos(p_de timestamp, p_ate timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_alvo record;
begin
  select array_agg(s."cdSensor") as sensores, array_agg(d) as dias into v_alvo
  from public."TbSensor" s cross join generate_series(p_de, p_ate - interval '1 day', '1 day') d;
  perform private.somar_dias(v_alvo.sensores, v_alvo.dias);
end
$$;
comment on function private.somar_dias_de_todos(timestamp, timestamp) is 'Makes rollups of whole days of all sensors.';
revoke all on function private.somar_dias_de_todos(timestamp, timestamp) from public;
