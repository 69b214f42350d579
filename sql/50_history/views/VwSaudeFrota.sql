-- Health of each device, for dashboards, from the positions that its present owner received in the last seven
-- full days (São Paulo) and today; when it was last heard of, from values, too. Time outside its measuring
-- window does not count: silence then is not a gap, and no position is missing.
create view public."VwSaudeFrota" with (security_invoker = true) as
select d."cdDispositivo", d."dsDispositivo", d."cdCliente", d."cdProduto", d."cdStatus",
       h.ultimo as "dtUltimoRegistro",
       extract(epoch from now() at time zone 'UTC' - h.ultimo)::double precision as "nrSegundosSemRegistro",
       extract(epoch from u."dtRegistro" - u."dtAlteracao" at time zone 'UTC')::double precision
         as "nrDesvioRelogio",
       r.cadencia as "nrCadencia", g.lacunas as "nrLacunas", g.maior as "nrMaiorLacuna", u."nrBat",
       r.tendencia as "nrTendenciaBateria", c.completude as "jsCompletude"
from public."TbDispositivo" d
cross join (select private.packed_before() as packed offset 0) k
left join public."TbPosicaoAtual" u
  on u."cdDispositivo" = d."cdDispositivo" and u."cdCliente" = d."cdCliente"
cross join lateral ( -- many send values without positions
  select greatest(u."dtRegistro", max(v."dtRegistro")) as ultimo
  from public."TbSensor" s
  cross join lateral (
    (select r."dtRegistro" from private.value_rows() r
     where r."cdSensor" = s."cdSensor" and r."dtRegistro" >= k.packed and r."cdCliente" = d."cdCliente"
       and r."cdDispositivo" = d."cdDispositivo"
     order by r."dtRegistro" desc limit 1)
    union all
    select r."dtRegistro" from private.newest_value(
      s."cdSensor", '-infinity', k.packed, d."cdDispositivo", d."cdCliente") r
    limit 1
  ) v
  where s."cdDispositivo" = d."cdDispositivo"
) h
cross join lateral (
  select (now() at time zone 'America/Sao_Paulo')::date - 7 as primeiro,
         coalesce(extract(epoch from d."horarioMedicaoInicio"), 0) as inicio,
         coalesce(nullif(
           (86400 + extract(epoch from d."horarioMedicaoFim" - d."horarioMedicaoInicio")::integer) % 86400,
           0), 86400) as segundos -- of a day inside its measuring window
) j
cross join lateral (
  select percentile_cont(0.5) within group (order by i.silencio) as cadencia,
         array_agg(i.silencio) as silencios, array_agg(i.data) as datas,
         -- less than a day shows no trend
         case when max(i.dia) - min(i.dia) >= 1 then regr_slope(i.volts, i.dia) end as tendencia
  from (
    select case when p."nrBat" between 0 and 60 then p."nrBat" end as volts, -- others may be stored
           (p."dtRegistro" at time zone 'UTC' at time zone 'America/Sao_Paulo')::date as data,
           (extract(epoch from p."dtRegistro") / 86400)::double precision as dia,
           (extract(epoch from p."dtRegistro" - lag(p."dtRegistro") over w) - (86400 - j.segundos)
              * (floor((extract(epoch from p."dtRegistro") - j.inicio) / 86400)
                 - floor((extract(epoch from lag(p."dtRegistro") over w) - j.inicio) / 86400))
           )::double precision as silencio
    from private.positions_between(d."cdDispositivo", -- to an end, which prunes later months
      j.primeiro::timestamp at time zone 'America/Sao_Paulo' at time zone 'UTC',
      (j.primeiro + 9)::timestamp at time zone 'America/Sao_Paulo' at time zone 'UTC') p
    where p."cdCliente" = d."cdCliente"
      and private.in_measuring_window(p."dtRegistro"::time, d."horarioMedicaoInicio", d."horarioMedicaoFim")
    window w as (order by p."dtRegistro", p."nrSeq")
  ) i
) r
cross join lateral (
  select count(*) filter (where s > 3 * r.cadencia) as lacunas, max(s) as maior from unnest(r.silencios) s
) g
cross join lateral (
  select jsonb_object_agg(t.dia, case
           when r.cadencia > 0 then least(1, round((t.qtd * r.cadencia / j.segundos)::numeric, 3))
         end) as completude
  from (
    select j.primeiro + n as dia, count(x.data) as qtd
    from generate_series(0, 6) n
    left join unnest(r.datas) as x(data) on x.data = j.primeiro + n
    group by 1
  ) t
) c;
revoke all on public."VwSaudeFrota" from public, anon, authenticated;
grant select on public."VwSaudeFrota" to authenticated, service_role;
comment on view public."VwSaudeFrota" is
  'Health of each device: when it was last heard of, regularity, gaps, clock and battery.';
comment on column public."VwSaudeFrota"."nrSegundosSemRegistro" is
  'Seconds since the time of its latest position or value.';
comment on column public."VwSaudeFrota"."nrDesvioRelogio" is
  'Seconds by which the time of its latest position was ahead of (+) or behind (-) its receipt.';
comment on column public."VwSaudeFrota"."nrCadencia" is
  'Usual seconds between two positions: the median of the last seven days.';
comment on column public."VwSaudeFrota"."nrLacunas" is
  'How often in the last seven days it was silent for more than three times nrCadencia.';
comment on column public."VwSaudeFrota"."nrMaiorLacuna" is
  'Longest silence between two positions in the last seven days, in seconds.';
comment on column public."VwSaudeFrota"."nrTendenciaBateria" is
  'Volts a day that the battery gains (+) or loses (-), by linear regression over the last seven days; null '
  'for less than a day of positions.';
comment on column public."VwSaudeFrota"."jsCompletude" is
  'For each of the last seven full days (São Paulo): the share of expected positions that was received, 0 '
  'to 1.';
