-- Rows of the archive that are stored with other values: the key of each and the columns that differ, five at
-- most, and how many there are. A position has two keys, its code and what identifies it. An address that
-- geocoding has found since is no difference.
-- %(client)s, %(since)s, %(until)s
with pairs as (
  select format('position of device %%s at %%sZ, nrSeq %%s (cdPosicao %%s)', a."cdDispositivo",
                a."dtRegistro"::text, coalesce(a."nrSeq"::text, 'null'), a."cdPosicao") as name,
         to_jsonb(a) as archived, to_jsonb(s) as stored
  from archived_positions a
  join public."TbPosicao" s on s."cdDispositivo" = a."cdDispositivo" and s."dtRegistro" = a."dtRegistro"
    and s."nrSeq" is not distinct from a."nrSeq" and s."cdCliente" = a."cdCliente"
  where s."dtRegistro" >= %(since)s and s."dtRegistro" < %(until)s
    and ((a."cdPosicao", a."dsLat", a."dsLong", a."nrBat", a."cdDestinatario", a."nrDistancia", a."blArea",
          a."nrPrecisao")
         is distinct from (s."cdPosicao", s."dsLat", s."dsLong", s."nrBat", s."cdDestinatario",
                           s."nrDistancia", s."blArea", s."nrPrecisao")
      or a."cdEndereco" is distinct from s."cdEndereco" and a."cdEndereco" is not null)
  union all
  select format('position of code %%s at %%sZ', a."cdPosicao", a."dtRegistro"::text), to_jsonb(a), to_jsonb(s)
  from archived_positions a
  join public."TbPosicao" s on s."cdPosicao" = a."cdPosicao" and s."dtRegistro" = a."dtRegistro"
  where s."dtRegistro" >= %(since)s and s."dtRegistro" < %(until)s
    and (a."cdDispositivo", a."nrSeq", a."cdCliente")
      is distinct from (s."cdDispositivo", s."nrSeq", s."cdCliente")
  union all
  select format('value of sensor %%s at %%sZ', a."cdSensor", a."dtRegistro"::text), to_jsonb(a), to_jsonb(s)
  from archived_values a
  join public."TbSensorRegistro" s on s."cdSensor" = a."cdSensor" and s."dtRegistro" = a."dtRegistro"
    and s."cdCliente" = a."cdCliente"
  where s."dtRegistro" >= %(since)s and s."dtRegistro" < %(until)s
    and (a."nrValor", a."cdPosicao", a."cdDispositivo", a."cdProdutoItem", a."nrQualidade", a."blValor",
         a."dsValor")
      is distinct from (s."nrValor", s."cdPosicao", s."cdDispositivo", s."cdProdutoItem", s."nrQualidade",
                        s."blValor", s."dsValor")
)
select f.name || ': ' || (
         select string_agg(format('%%s is %%s, %%s in the archive', k.key,
                                  coalesce(left(f.stored ->> k.key, 60), 'null'),
                                  coalesce(left(k.value, 60), 'null')), ', ' order by k.key)
         from jsonb_each_text(f.archived) k
         where f.archived -> k.key is distinct from f.stored -> k.key) as difference,
       f.total
from (select p.*, count(*) over () as total from pairs p order by p.name limit 5) f
