-- Devices whose clock is ahead of the database's.
select 'device ' || a."cdDispositivo" as oque, format('Its clock was %s ahead', date_trunc('second', a."dtRegistro" - a."dtAlteracao" at time zone 'UTC')) as porque,
       'Set its clock; until then its newest report hides later ones' as remedio
from public."TbPosicaoAtual" a
where a."dtRegistro" > a."dtAlteracao" at time zone 'UTC' + interval '1 minute'
  and a."dtRegistro" > now() at time zone 'UTC' - interval '1 day'
union all
select 'quarantine', format('%s payloads of the last day were out of range, as clocks are that are wrong', count(*)),
       'See dsTexto of the reason TIMESTAMP_OUT_OF_RANGE in "TbIngestaoErro"'
from public."TbIngestaoErro" q
where q."dsMotivo" = 'TIMESTAMP_OUT_OF_RANGE' and q."dtUltima" > now() - interval '1 day'
having count(*) > 0
