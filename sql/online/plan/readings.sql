-- What becomes of each old reading, as in positions.sql, whose rows are `old_positions` here. A reading takes
-- the time of its position, as history joins on it: it was inserted some milliseconds later. The command puts
-- in what is judged:
-- chosen_readings   all readings of these positions, and some that have none; with one, all of its time
-- now               as in positions.sql
with checked as (
  select r."cdDispositivo", r."cdSensor", r."cdPosicao", r."nrValor", i."cdProdutoItem", p."nrSeq",
         d."cdCliente",
         p."cdMantida", coalesce(p."dtRegistro", r."dtRegistro") as moment,
         case
           when p.fate = 'quarantined' then 'with its position: ' || p.reason
           when s."cdSensor" is null then 'UNKNOWN_SENSOR: of no sensor'
           when d."cdCliente" is null then 'UNKNOWN_DEVICE: of a device without client'
           when r."nrValor" is null or r."nrValor" = 'NaN' then 'INVALID_VALUE: without a number'
           when p."cdPosicao" is not null then null
           when r."dtRegistro" is null or not isfinite(r."dtRegistro") then 'INVALID_TIMESTAMP: without time'
           when r."dtRegistro" > %(now)s::timestamp + interval '10 minutes'
             then 'TIMESTAMP_OUT_OF_RANGE: later than now'
           when r."dtRegistro" < date_trunc('month', %(now)s::timestamp) - interval '1200 months'
             then 'TIMESTAMP_OUT_OF_RANGE: more than a hundred years ago'
         end as fault
  from chosen_readings r
  left join old_positions p on p."cdPosicao" = r."cdPosicao"
  left join public."TbSensor" s on s."cdSensor" = r."cdSensor"
  left join public."TbDispositivo" d on d."cdDispositivo" = r."cdDispositivo"
  left join public."TbProdutoItem" i on i."cdProdutoItem" = r."cdProdutoItem"
  offset 0 -- as in positions.sql
), numbered as (
  select c.*, row_number() over same_key as n, first_value(c."nrValor") over same_key as first_value
  from checked c
  window same_key as (
    partition by c.fault is null, c."cdSensor", c.moment, c."cdCliente"
    order by c."nrSeq" nulls first, c."cdPosicao", c."cdDispositivo")
)
select n."cdDispositivo", n."cdSensor", n."cdPosicao", n."cdMantida", n.moment, n."cdCliente",
       case when n.fault is not null then 'quarantined' when n.n = 1 then 'carried'
            when n."nrValor" = n.first_value then 'merged' else 'quarantined' end as fate,
       case when n.fault is not null then n.fault when n.n = 1 then ''
            when n."nrValor" = n.first_value then 'the same sensor, time and value as another'
            else 'CONFLICT: the same sensor and time as another, with another value' end as reason,
       n."nrValor", n."cdProdutoItem"
from numbered n
