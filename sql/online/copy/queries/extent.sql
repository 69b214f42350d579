-- About how many rows there are to copy, and how many are copied.
select greatest(c."nrPosicoes" + c."nrRegistros", m.done), m.done
from conversao."TbConversao" c
cross join (
  select coalesce(sum(m."nrLevadas" + m."nrFundidas" + m."nrQuarentena"), 0) as done
  from conversao."TbConversaoMes" m
) m
