-- Devices whose current position is not the newest one that was carried for their owner.
select d."cdDispositivo"
from public."TbDispositivo" d
cross join lateral (
  select s."cdPosicao", s."cdCliente" from series."TbPosicao" s
  where s."cdDispositivo" = d."cdDispositivo"
  order by s."dtRegistro" desc, s."nrSeq" desc nulls last limit 1
) n
left join public."TbPosicaoAtual" a on a."cdDispositivo" = d."cdDispositivo"
where a."cdPosicao" is distinct from n."cdPosicao" and n."cdCliente" = d."cdCliente"
order by 1 limit 100
