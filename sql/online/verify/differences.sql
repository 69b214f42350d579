-- What differs between the old rows and what became of them, for each table, device and month. A row on
-- either side is what was carried, merged or quarantined: all of it together must be the old rows. Merged and
-- quarantined rows are kept whole, so that counts, sums and extremes are those of rows, not of counters.
with old as (
  select 'TbPosicao' as table_name, p."cdDispositivo",
         case when isfinite(p."dtRegistro") then date_trunc('month', p."dtRegistro") end as month,
         count(*) as rows, sum(p."cdPosicao"::numeric) as codes, min(p."cdPosicao")::bigint as first_code,
         max(p."cdPosicao")::bigint as last_code, count(p."nrBat") as numbers,
         sum(p."nrBat"::numeric) as total, min(p."nrBat") as least, max(p."nrBat") as greatest,
         sum(p."nrSeq"::numeric) as sequences, count(*) filter (where p."blArea") as inside,
         sum(p."nrDistancia"::numeric) as distances
  from public."TbPosicao" p
  group by 2, 3
  union all
  select 'TbSensorRegistro', r."cdDispositivo", m.month,
         count(*), sum(r."cdSensor"::numeric), min(r."cdSensor"), max(r."cdSensor"), count(r."nrValor"),
         sum(r."nrValor"), min(r."nrValor")::double precision, max(r."nrValor")::double precision, null, null,
         null
  from public."TbSensorRegistro" r
  left join public."TbPosicao" p on p."cdPosicao" = r."cdPosicao"
  cross join lateral (select coalesce(p."dtRegistro", r."dtRegistro") as moment) t
  cross join lateral (select case when isfinite(t.moment) then date_trunc('month', t.moment) end as month) m
  where not exists ( -- rounded by a way back: the new table has it exactly
    select from conversao."TbConversaoAlem" b where b."cdSensor" = r."cdSensor" and b."dtRegistro" = t.moment)
  group by 2, 3
), parts as (
  select 'TbPosicao' as table_name, s."cdDispositivo", date_trunc('month', s."dtRegistro") as month,
         count(*) as rows, count(*) as carried, 0::bigint as merged, 0::bigint as quarantined,
         sum(s."cdPosicao"::numeric) as codes, min(s."cdPosicao") as first_code,
         max(s."cdPosicao") as last_code, count(s."nrBat") as numbers, sum(s."nrBat"::numeric) as total,
         min(s."nrBat") as least, max(s."nrBat") as greatest,
         sum(s."nrSeq"::numeric) filter (where abs(s."nrSeq") < 2147483648) as sequences,
         count(*) filter (where s."blArea") as inside, sum(s."nrDistancia"::numeric) as distances
  from series."TbPosicao" s
  group by 2, 3
  union all
  select 'TbSensorRegistro', s."cdDispositivo", date_trunc('month', s."dtRegistro"), count(*), count(*), 0, 0,
         sum(s."cdSensor"::numeric), min(s."cdSensor"), max(s."cdSensor"), count(s."nrValor"),
         sum(s."nrValor"::numeric), min(s."nrValor"), max(s."nrValor"), null, null, null
  from series."TbSensorRegistro" s
  where not exists ( -- what the old table cannot hold
    select from conversao."TbConversaoAlem" b
    where b."cdSensor" = s."cdSensor" and b."dtRegistro" = s."dtRegistro" and b."cdCliente" = s."cdCliente")
  group by 2, 3
  union all
  select l."dsTabela", l."cdDispositivo",
         case when isfinite(l."dtMomento") then date_trunc('month', l."dtMomento") end, count(*), 0,
         count(*) filter (where l."dsDestino" = 'merged'),
         count(*) filter (where l."dsDestino" = 'quarantined'),
         sum(x.code::numeric), min(x.code), max(x.code), count(x.number), sum(x.number::numeric),
         min(x.number), max(x.number),
         sum((l."jsLinha" ->> 'nrSeq')::numeric) filter (where l."dsTabela" = 'TbPosicao'),
         count(*) filter (where (l."jsLinha" ->> 'blArea')::boolean),
         sum((l."jsLinha" ->> 'nrDistancia')::real::numeric)
  from conversao."TbConversaoLinha" l
  cross join lateral (
    select case l."dsTabela" when 'TbPosicao' then l."cdPosicao" else l."cdSensor" end as code,
           (case l."dsTabela" when 'TbPosicao' then l."jsLinha" ->> 'nrBat'
                              else l."jsLinha" ->> 'nrValor' end)::double precision as number
  ) x
  group by 1, 2, 3
), new as (
  select p.table_name, p."cdDispositivo", p.month, sum(p.rows) as rows, sum(p.carried) as carried,
         sum(p.merged) as merged, sum(p.quarantined) as quarantined, sum(p.codes) as codes,
         min(p.first_code) as first_code, max(p.last_code) as last_code, sum(p.numbers) as numbers,
         sum(p.total) as total, min(p.least) as least, max(p.greatest) as greatest,
         sum(p.sequences) as sequences, sum(p.inside) as inside, sum(p.distances) as distances
  from parts p
  group by 1, 2, 3
), both_sides as (
  select coalesce(o.table_name, n.table_name) as table_name,
         coalesce(o."cdDispositivo", n."cdDispositivo") as "cdDispositivo",
         coalesce(o.month, n.month) as month,
         coalesce(o.rows, 0) as old_rows, coalesce(n.carried, 0) as carried, coalesce(n.merged, 0) as merged,
         coalesce(n.quarantined, 0) as quarantined,
         array_remove(array[
           case when coalesce(o.rows, 0) <> coalesce(n.rows, 0) then 'rows' end,
           case when (o.codes, o.first_code, o.last_code)
                  is distinct from (n.codes, n.first_code, n.last_code)
             then 'codes' end,
           case when o.numbers::numeric is distinct from n.numbers then 'numbers' end,
           case when o.total is distinct from n.total then 'sum' end,
           case when o.least is distinct from n.least then 'minimum' end,
           case when o.greatest is distinct from n.greatest then 'maximum' end,
           case when o.sequences is distinct from n.sequences then 'sequence numbers' end,
           case when coalesce(o.inside, 0) <> coalesce(n.inside, 0) then 'inside' end,
           case when o.distances is distinct from n.distances then 'distances' end], null) as differences
  from old o
  full join new n on n.table_name = o.table_name
    and coalesce(n."cdDispositivo", -1) = coalesce(o."cdDispositivo", -1)
    and coalesce(n.month, '-infinity') = coalesce(o.month, '-infinity')
)
select * from both_sides
