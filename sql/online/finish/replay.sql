-- Quarantined rows of a conversion that is finished, as they were kept then: for conversao.replay_kept.
create view conversao."VwEndereco" as
  select a."cdEndereco", a."dsLat", a."dsLong" from public."TbEndereco" a;
insert into conversao."TbConversao" ("nrPosicoes", "nrRegistros") values (0, 0);
with taken as (
  delete from private."TbConversaoAviso" a
  where a."dsMotivo" like 'quarantined: %' and a."dsTabela" in ('TbPosicao', 'TbSensorRegistro')
  returning a.*
)
insert into conversao."TbConversaoLinha" ("dsTabela", "dsDestino", "dsMotivo", "cdPosicao", "cdSensor",
  "cdDispositivo", "dtMomento", "jsLinha")
select t."dsTabela", 'quarantined', substring(t."dsMotivo" from 14), (t."dsAntes" ->> 'cdPosicao')::bigint,
       (t."dsAntes" ->> 'cdSensor')::integer, (t."dsAntes" ->> 'cdDispositivo')::integer,
       (t."dsAntes" ->> 'dtMomento')::timestamp, t."dsAntes" - 'dtMomento'
from taken t
order by t."cdAviso"
