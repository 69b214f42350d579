-- What else an operator should know before a conversion: how many rows, and what is done with them. The text
-- of addresses.sql is put in by the command.
with chosen_addresses as (select * from public."TbEndereco"), old_addresses as materialized (
{addresses}
)
select 'addresses with text that is not a pair of coordinates' as what, count(*) as rows,
       'coordinates become null; what they were is kept in private."TbConversaoAviso"' as rule
from old_addresses a where a.is_unreadable
union all
select 'positions at such an address', count(*), 'carried without coordinates'
from public."TbPosicao" p
join old_addresses a on a."cdEndereco" = p."cdEndereco" and a.is_unreadable
union all
select 'positions at exactly 0, 0', count(*), 'carried without coordinates: the receiver had no fix'
from public."TbPosicao" p
join old_addresses a on a."cdEndereco" = p."cdEndereco" and a."dsLat" = 0 and a."dsLong" = 0
union all
select 'positions older than 13 months', count(*),
       'carried: their months get partitions, and nrMesesImportacao reaches back to them'
from public."TbPosicao" p
where p."dtRegistro" < date_trunc('month', now() at time zone 'UTC') - interval '13 months'
  and p."dtRegistro" > '-infinity'
union all
select 'readings more than an hour mark away from their position', count(*),
       'they take the position''s time, so that old summaries by the hour had them in another hour'
from public."TbSensorRegistro" r
join public."TbPosicao" p on p."cdPosicao" = r."cdPosicao"
where date_trunc('hour', r."dtRegistro") <> date_trunc('hour', p."dtRegistro")
union all
select 'readings without their position', count(*), 'carried without a position, by their own time'
from public."TbSensorRegistro" r
where not exists (select from public."TbPosicao" p where p."cdPosicao" = r."cdPosicao")
union all
select 'readings of sensors that are on another device now', count(*),
       'carried for the device that sent them'
from public."TbSensorRegistro" r
join public."TbSensor" s on s."cdSensor" = r."cdSensor" and s."cdDispositivo" <> r."cdDispositivo"
union all
select 'readings of product items that are gone', count(*), 'carried without item'
from public."TbSensorRegistro" r
where r."cdProdutoItem" is not null
  and not exists (select from public."TbProdutoItem" i where i."cdProdutoItem" = r."cdProdutoItem")
union all
select 'devices without client', count(*),
       'their rows are quarantined: give them a client before the conversion, or replay the rows later'
from public."TbDispositivo" d where d."cdCliente" is null
