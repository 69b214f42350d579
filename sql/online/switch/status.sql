-- What the conversion has noted of itself. One row.
select c."dtInicio" as prepared, nullif(nullif(c."dtFronteira", 'infinity'), '-infinity')
         as frontier, c."dtCopiada" as copied,
       c."dtVerificada" as verified,
       (select count(*) from (select from conversao."TbConversaoMudanca" limit 100000) m) as changes_left,
       e."dtRegistro" as reached_at, e."dtAte" as served_until,
       (select sum(u."nrChamadas") from conversao."TbConversaoUso" u) as legacy_calls,
       (select max(u."dtUltima") from conversao."TbConversaoUso" u) as last_legacy_call
from conversao."TbConversao" c
left join lateral (
  select s.* from conversao."TbConversaoEtapa" s order by s."cdEtapa" desc limit 1) e on true
