-- Device clocks are not ahead of the clock of the database.
select 'device ' || a."cdDispositivo" as oque,
       format('Its clock was %s ahead',
              date_trunc('second', a."dtRegistro" - a."dtAlteracao" at time zone 'UTC')) as porque,
       'Set its clock; until then its latest position hides later ones' as remedio
from public."TbPosicaoAtual" a
where a."dtRegistro" > a."dtAlteracao" at time zone 'UTC' + interval '1 minute'
  and a."dtRegistro" > now() at time zone 'UTC' - interval '1 day'
union all
select 'quarantine',
       format('%s payloads of the last day have a time out of range; usually a clock is wrong', count(*)),
       'Look at dsTexto of the rows in "TbIngestaoErro" with the reason TIMESTAMP_OUT_OF_RANGE'
from public."TbIngestaoErro" q
where q."dsMotivo" = 'TIMESTAMP_OUT_OF_RANGE' and q."dtUltima" > now() - interval '1 day'
having count(*) > 0
