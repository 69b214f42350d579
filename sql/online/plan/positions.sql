-- What becomes of each old position: carried, merged with an earlier one that says the same, or quarantined,
-- with the reason. The rules are those of every reading (private.read_elements); a time in the past is never
-- out of range, as the months of old rows are opened for them.
-- now   timestamp, UTC: what is more than ten minutes later has a wrong clock
with checked as (
  select p."cdPosicao", p."cdDispositivo", p."dtRegistro", p."nrSeq", p."nrBat", e."dsLat", e."dsLong",
         case
           when d."cdDispositivo" is null then 'UNKNOWN_DEVICE: of no device'
           when d."cdCliente" is null then 'UNKNOWN_DEVICE: of a device without client'
           when p."dtRegistro" is null or not isfinite(p."dtRegistro") then 'INVALID_TIMESTAMP: without time'
           when p."dtRegistro" > %(now)s::timestamp + interval '10 minutes'
             then 'TIMESTAMP_OUT_OF_RANGE: later than now'
           when not p."nrBat" between 0 and 60 then 'INVALID_VALUE: nrBat is not 0 to 60 V'
         end as fault
  from public."TbPosicao" p
  left join public."TbDispositivo" d on d."cdDispositivo" = p."cdDispositivo"
  left join public."TbEndereco" e on e."cdEndereco" = p."cdEndereco"
), numbered as (
  select c.*, row_number() over same_key as n,
         first_value(c."nrBat") over same_key as first_battery,
         first_value(c."dsLat") over same_key as first_lat,
         first_value(c."dsLong") over same_key as first_long
  from checked c
  window same_key as (
    partition by c.fault is null, c."cdDispositivo", c."dtRegistro", c."nrSeq" order by c."cdPosicao")
)
select n."cdPosicao", n."dtRegistro", n."nrSeq",
       case
         when n.fault is not null then 'quarantined'
         when n.n = 1 then 'carried'
         when (n."nrBat", n."dsLat", n."dsLong")
              is not distinct from (n.first_battery, n.first_lat, n.first_long) then 'merged'
         else 'quarantined'
       end as fate,
       case
         when n.fault is not null then n.fault
         when n.n = 1 then ''
         when (n."nrBat", n."dsLat", n."dsLong")
              is not distinct from (n.first_battery, n.first_lat, n.first_long)
           then 'the same device, time, battery and place as another'
         else 'CONFLICT: the same device and time as another, with another battery or place'
       end as reason
from numbered n
