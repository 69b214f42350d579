-- What becomes of each old reading, as in positions.sql, whose rows are `old_positions` here. A reading takes
-- the time of its position, as history joins on it: it was inserted some milliseconds later.
with checked as (
  select r."cdSensor", r."cdPosicao", r."nrValor", p."nrSeq",
         coalesce(p."dtRegistro", r."dtRegistro") as moment,
         case
           when p.fate = 'quarantined' then 'with its position'
           when s."cdSensor" is null then 'UNKNOWN_SENSOR: of no sensor'
           when d."cdCliente" is null then 'UNKNOWN_DEVICE: of a device without client'
           when r."nrValor" is null or r."nrValor" = 'NaN' then 'INVALID_VALUE: without a number'
           when p."cdPosicao" is null and r."dtRegistro" is null then 'INVALID_TIMESTAMP: without time'
         end as fault
  from public."TbSensorRegistro" r
  left join old_positions p on p."cdPosicao" = r."cdPosicao"
  left join public."TbSensor" s on s."cdSensor" = r."cdSensor"
  left join public."TbDispositivo" d on d."cdDispositivo" = r."cdDispositivo"
), numbered as (
  select c.*, row_number() over same_key as n, first_value(c."nrValor") over same_key as first_value
  from checked c
  window same_key as (
    partition by c.fault is null, c."cdSensor", c.moment order by c."nrSeq" nulls first, c."cdPosicao")
)
select n."cdSensor", n."cdPosicao",
       case
         when n.fault is not null then 'quarantined'
         when n.n = 1 then 'carried'
         when n."nrValor" = n.first_value then 'merged'
         else 'quarantined'
       end as fate,
       case
         when n.fault is not null then n.fault
         when n.n = 1 then ''
         when n."nrValor" = n.first_value then 'the same sensor, time and value as another'
         else 'CONFLICT: the same sensor and time as another, with another value'
       end as reason
from numbered n
