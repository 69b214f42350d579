-- Quarantined rows outlive the conversion, where a person finds what could not be kept as it was.
insert into private."TbConversaoAviso" ("dsTabela", "cdLinha", "dsAntes", "dsMotivo")
select l."dsTabela", concat_ws(', ', l."cdPosicao", l."cdSensor"), l."jsLinha",
       'quarantined: ' || l."dsMotivo"
from conversao."TbConversaoLinha" l
where l."dsDestino" = 'quarantined'
order by l."cdLinha"
