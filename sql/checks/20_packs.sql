-- Packed history that does not unpack to what was packed: reads leave it out.
select format('chunk %s of %s', d.chunk, d.table_name) as oque,
       format('%s rows of %s %s, client %s, %s to %s do not unpack to what was packed', d.quantity, d.owner,
              d.code, d.client, d.since, d.until) as porque,
       'restore the months from an archive (scripts/archive) or a backup, after deleting the chunk' as remedio
from (
  select 'series."TbSensorRegistroFrio"', c."cdPacote", c."nrQtd", 'sensor', c."cdSensor", c."cdCliente",
         c."dtPrimeiro", c."dtUltimo"
  from series."TbSensorRegistroFrio" c where c."blDanificado"
  union all
  select 'series."TbPosicaoFria"', c."cdPacote", c."nrQtd", 'device', c."cdDispositivo", c."cdCliente",
         c."dtPrimeiro", c."dtUltimo"
  from series."TbPosicaoFria" c where c."blDanificado"
  union all
  select 'series."TbRollupFrio"', c."cdPacote", c."nrQtd", 'sensor', c."cdSensor", c."cdCliente",
         c."dtInicio", c."dtFim"
  from series."TbRollupFrio" c where c."blDanificado"
) as d(table_name, chunk, quantity, owner, code, client, since, until)
