-- Counts positions inside the measuring windows of their devices. A day of a device is one row; the hours asked for are counted
-- anew, the others stay as they are, unless they were counted for another window: then the whole day is.
-- p_dispositivos, p_de, p_ate   devices, each with whole hours [de, ate) of one day
-- p_piso                        counting begins here
create function private.contar_horas(p_dispositivos integer[], p_de timestamp[], p_ate timestamp[], p_piso timestamp, p_marca timestamp)
returns integer
language plpgsql set search_path = pg_catalog, pg_temp set jit = off as $$
declare
  v_dias integer;
begin
  with alvo as materialized (
    select a.dispositivo, a.de::date as dia, d."horarioMedicaoInicio" as inicio, d."horarioMedicaoFim" as fim,
           case when outra.janela then greatest(date_trunc('day', a.de), p_piso) else a.de end as de,
           case when outra.janela then least(date_trunc('day', a.de) + interval '1 day', p_marca) else a.ate end as ate
    from unnest(p_dispositivos, p_de, p_ate) as a(dispositivo, de, ate)
    left join public."TbDispositivo" d on d."cdDispositivo" = a.dispositivo
    cross join lateral (
      select exists (
        select from public."TbContagemDiaria" c
        where c."cdDispositivo" = a.dispositivo and c."dtDia" = a.de::date
          and (c."horarioMedicaoInicio", c."horarioMedicaoFim") is distinct from (d."horarioMedicaoInicio", d."horarioMedicaoFim")
      ) as janela
    ) outra
  ), velha as (
    delete from public."TbContagemDiaria" c
    using alvo a
    where c."cdDispositivo" = a.dispositivo and c."dtDia" = a.dia
    returning c."cdDispositivo", c."cdCliente", c."dtDia", c."nrHoras", a.de, a.ate
  ), hora as (
    select v."cdDispositivo", v."cdCliente", v."dtDia", h.n as hora, v."nrHoras"[h.n + 1] as qtd
    from velha v cross join generate_series(0, 23) as h(n)
    where v."dtDia" + make_interval(hours => h.n) < v.de or v."dtDia" + make_interval(hours => h.n) >= v.ate
    union all
    select a.dispositivo, p."cdCliente", a.dia, p.hora, p.qtd
    from alvo a
    cross join lateral (
      select p."cdCliente", extract(hour from p."dtRegistro")::integer as hora,
             count(*) filter (where private.na_janela(p."dtRegistro"::time, a.inicio, a.fim))::integer as qtd
      from public."TbPosicao" p
      where p."cdDispositivo" = a.dispositivo and p."dtRegistro" >= a.de and p."dtRegistro" < a.ate
      group by 1, 2
      offset 0
    ) p
  ), dia as (
    select "cdDispositivo", "cdCliente", "dtDia", sum(qtd)::integer as total, array_agg(hora) as horas, array_agg(qtd) as qtds
    from hora group by 1, 2, 3
  )
  insert into public."TbContagemDiaria" (
    "cdDispositivo", "cdCliente", "dtDia", "nrQtd", "nrHoras", "horarioMedicaoInicio", "horarioMedicaoFim")
  select d."cdDispositivo", d."cdCliente", d."dtDia", d.total,
         array(select coalesce(d.qtds[array_position(d.horas, n)], 0) from generate_series(0, 23) n order by n),
         a.inicio, a.fim
  from dia d
  join alvo a on a.dispositivo = d."cdDispositivo" and a.dia = d."dtDia"
  order by 1, 3, 2;
  get diagnostics v_dias = row_count;
  return v_dias;
end
$$;
comment on function private.contar_horas(integer[], timestamp[], timestamp[], timestamp, timestamp) is
  'Counts positions of whole hours of devices; returns how many days were written.';
revoke all on function private.contar_horas(integer[], timestamp[], timestamp[], timestamp, timestamp) from public;

-- The pieces of [de, ate) that lie in one day each, for every device.
create function private.contar_todos(p_de timestamp, p_ate timestamp, p_piso timestamp, p_marca timestamp) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_alvo record;
begin
  select array_agg(d."cdDispositivo") as dispositivos, array_agg(greatest(p_de, t.dia)) as de,
         array_agg(least(p_ate, t.dia + interval '1 day')) as ate
  into v_alvo
  from public."TbDispositivo" d
  cross join generate_series(date_trunc('day', p_de), p_ate - interval '1 hour', '1 day') as t(dia);
  return private.contar_horas(v_alvo.dispositivos, v_alvo.de, v_alvo.ate, p_piso, p_marca);
end
$$;
comment on function private.contar_todos(timestamp, timestamp, timestamp, timestamp) is
  'Counts positions of all devices in these whole hours; returns how many days were written.';
revoke all on function private.contar_todos(timestamp, timestamp, timestamp, timestamp) from public;
