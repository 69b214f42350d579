-- What becomes of each old position: carried, merged with an earlier one that says nothing else, or
-- quarantined, with the reason. The rules are those of every reading (private.read_elements,
-- private.judge_elements); a time in the past is out of range only where no coverage could reach it, as the
-- months of old rows are opened for them. Rounding by way of numeric is slow: a number that has five decimals
-- already, as nearly all have, is kept. The command puts in what is judged:
-- chosen_positions   old positions; with one, all of its device and time
-- old_addresses      as addresses.sql
-- now                timestamp, UTC: what is more than ten minutes later has a wrong clock
-- zero_zero          whether exactly 0, 0 is a place
with checked as (
  select p."cdPosicao", p."cdDispositivo", p."dtRegistro", p."nrSeq", p."nrBat", p."blArea",
         p."nrDistancia", p."cdDestinatario", e."cdEndereco", d."cdCliente",
         case when place.is_nowhere then null
              when e."dsLat" = round(e."dsLat" * 100000) / 100000 then e."dsLat" + 0 -- not -0
              else round(e."dsLat"::numeric, 5)::double precision end as "dsLat",
         case when place.is_nowhere then null
              when e."dsLong" = round(e."dsLong" * 100000) / 100000 and e."dsLong" < 180 then e."dsLong" + 0
              when e."dsLong" is not null
                then coalesce(nullif(round(e."dsLong"::numeric, 5), 180), -180)::double precision
              end as "dsLong",
         case
           when d."cdDispositivo" is null then 'UNKNOWN_DEVICE: of no device'
           when d."cdCliente" is null then 'UNKNOWN_DEVICE: of a device without client'
           when p."dtRegistro" is null or not isfinite(p."dtRegistro") then 'INVALID_TIMESTAMP: without time'
           when p."dtRegistro" > %(now)s::timestamp + interval '10 minutes'
             then 'TIMESTAMP_OUT_OF_RANGE: later than now'
           when p."dtRegistro" < date_trunc('month', %(now)s::timestamp) - interval '1200 months'
             then 'TIMESTAMP_OUT_OF_RANGE: more than a hundred years ago'
           when not p."nrBat" between 0 and 60 then 'INVALID_VALUE: nrBat is not 0 to 60 V'
         end as fault
  from chosen_positions p
  left join public."TbDispositivo" d on d."cdDispositivo" = p."cdDispositivo"
  left join old_addresses e on e."cdEndereco" = p."cdEndereco"
  cross join lateral (
    select coalesce(e."dsLat" = 0 and e."dsLong" = 0 and not %(zero_zero)s, false) as is_nowhere
  ) place
  offset 0 -- so that what is computed of a row is computed once, not in each window function again
), numbered as (
  select c.*, row_number() over same_key as n,
         first_value(c."cdPosicao") over same_key as "cdMantida",
         first_value(c."nrBat") over same_key as first_battery,
         first_value(c."dsLat") over same_key as first_lat,
         first_value(c."dsLong") over same_key as first_long
  from checked c
  window same_key as (
    partition by c.fault is null, c."cdDispositivo", c."dtRegistro", c."nrSeq" order by c."cdPosicao")
), compared as (
  select n.*, n."nrBat" is distinct from n.first_battery and n."nrBat" is not null
    or (n."dsLat", n."dsLong") is distinct from (n.first_lat, n.first_long) and n."dsLat" is not null
    as is_other
  from numbered n
)
select c."cdPosicao", c."dtRegistro", c."nrSeq", c."cdCliente", c."dsLat", c."dsLong",
       case when c.fault is null and c.n > 1 and not c.is_other then c."cdMantida" else c."cdPosicao" end
         as "cdMantida",
       case when c.fault is not null then 'quarantined' when c.n = 1 then 'carried'
            when c.is_other then 'quarantined' else 'merged' end as fate,
       case when c.fault is not null then c.fault when c.n = 1 then ''
            when c.is_other
              then 'CONFLICT: the same device and time as another, with another battery or place'
            else 'the same device, time, battery and place as another' end as reason,
       c."cdDispositivo", c."nrBat", c."blArea", c."nrDistancia", c."cdDestinatario", c."cdEndereco"
from compared c
