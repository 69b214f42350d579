-- Quarantined rows outlive the conversion, where a person finds what could not be kept as it was, and
-- scripts/convert replay judges them again: see replay.sql. The time is that of the position, of a reading
-- too.
insert into private."TbConversaoAviso" ("dsTabela", "cdLinha", "dsAntes", "dsMotivo")
select l."dsTabela", concat_ws(', ', l."cdPosicao", l."cdSensor"),
       l."jsLinha" || jsonb_build_object('dtMomento', l."dtMomento"), 'quarantined: ' || l."dsMotivo"
from conversao."TbConversaoLinha" l
where l."dsDestino" = 'quarantined'
order by l."cdLinha"
