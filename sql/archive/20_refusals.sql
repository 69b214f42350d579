-- Why rows cannot be restored here, one reason a row: retention would delete them again, or they are of what
-- this database does not know. Time series have no foreign keys; links say what belonged to whom.
-- %(client)s
select format('readings of device %%s before %%s UTC have expired here, or would at the next maintenance '
              '(TbPoliticaRetencao)', r.device, to_char(e.before, 'YYYY-MM-DD HH24:MI')) as reason
from (
  select a."cdDispositivo" as device, min(a."dtRegistro") as first
  from (select p."cdDispositivo", p."dtRegistro" from archived_positions p
        union all
        select v."cdDispositivo", v."dtRegistro" from archived_values v) a
  group by 1
) r
cross join lateral (
  select greatest( -- as private.mark_inserted_row and private.reject_expired have it
    (select min(f."dtAnunciado") from private."TbRetencaoPiso" f
     where f."cdCliente" = %(client)s and f."cdDispositivo" in (0, r.device)),
    (select d.raw from private.retention_deadlines() d
     where d."cdCliente" = %(client)s and d."cdDispositivo" = 0
       and not private.is_held(%(client)s, r.device))) as before
) e
where r.first < e.before
union all
select format('client %%s does not exist here', %(client)s)
where not exists (select from public."TbCliente" c where c."cdCliente" = %(client)s)
union all
select 'devices that the client never had here: ' || string_agg(d."cdDispositivo"::text, ', ')
from (
  select a."cdDispositivo" from archived_positions a
  union select a."cdDispositivo" from archived_values a
  except select l."cdDispositivo" from public."TbDispositivoVinculo" l where l."cdCliente" = %(client)s
  order by 1 limit 10
) d
having count(*) > 0
union all
select 'sensors that were never on their device here: '
  || string_agg(format('%%s (device %%s)', s."cdSensor", s."cdDispositivo"), ', ')
from (
  select a."cdSensor", a."cdDispositivo" from archived_values a
  except select l."cdSensor", l."cdDispositivo" from public."TbSensorVinculo" l
  order by 1, 2 limit 10
) s
having count(*) > 0
