-- The sensor readings of one element, with the first thing wrong among them as 'CODE text'.
-- Inlined into the statement that reads the whole batch: hence no SET clause and full names.
create function private.ler_leituras(p_cd_dispositivo integer, p_cd_cliente integer, p_sensores jsonb)
returns table ("leituras" private.leitura[], "blItens" boolean, "dsErro" text)
language sql stable as $$
  select coalesce(array_agg(row(s."cdSensor", v.valor, v.logico, v.texto, coalesce(v.item, s."cdProdutoItem"),
                                v.item is not null, v.qualidade, null, null)::private.leitura), '{}'),
         coalesce(bool_or(v.item is not null), false),
         min(case
           when f.simples and s."cdSensor" is not null and v.valor is not null then null
           when jsonb_typeof(o.j) <> 'object' then format('MALFORMED sensores[%s] is not an object', o.n - 1)
           when v.estranhos <> '{}'
             then format('MALFORMED sensores[%s] has unknown fields: %s', o.n - 1,
                         (select string_agg(k, ', ') from jsonb_object_keys(v.estranhos) k))
           when num_nonnulls(c.sensor, c.ponto) <> 1
             then format('MALFORMED sensores[%s] needs either cdSensor or dsPonto', o.n - 1)
           when num_nonnulls(c.valor, c.logico, c.texto) <> 1
             then format('MALFORMED sensores[%s] needs exactly one of nrValor, blValor and dsValor', o.n - 1)
           when s."cdSensor" is null then private.erro_do_sensor(o.n, c.sensor, c.ponto)
           when num_nonnulls(v.valor, v.logico, v.texto) <> 1
             or num_nonnulls(c.qualidade, c.item) > 0
             then private.erro_do_valor(o.n, o.j, p_cd_cliente, s."cdProdutoItem")
         end)
  from jsonb_array_elements(case when jsonb_typeof(p_sensores) = 'array' then p_sensores else '[]' end)
       with ordinality as o(j, n)
  cross join lateral ( -- nearly all have these two members and no others: of them nothing else is asked
    select case when jsonb_typeof(o.j) = 'object' then o.j - 'cdSensor' - 'nrValor' = '{}' else false end as simples
    offset 0
  ) f
  cross join lateral (
    select nullif(o.j -> 'cdSensor', 'null') as sensor, nullif(o.j -> 'nrValor', 'null') as valor,
           case when not f.simples then nullif(o.j -> 'dsPonto', 'null') end as ponto,
           case when not f.simples then nullif(o.j -> 'blValor', 'null') end as logico,
           case when not f.simples then nullif(o.j -> 'dsValor', 'null') end as texto,
           case when not f.simples then nullif(o.j -> 'cdProdutoItem', 'null') end as item,
           case when not f.simples then nullif(o.j -> 'nrQualidade', 'null') end as qualidade
    offset 0 -- each field is taken out once
  ) c
  cross join lateral (
    select private.ler_inteiro(c.sensor) as sensor, private.ler_real(c.valor) as valor,
           case when jsonb_typeof(c.logico) = 'boolean' then c.logico::boolean end as logico,
           case when jsonb_typeof(c.texto) = 'string' then c.texto #>> '{}' end as texto,
           private.ler_inteiro(c.item) as item,
           case when c.qualidade in ('0', '1', '2') then c.qualidade::smallint end as qualidade,
           case when f.simples then '{}'
                when jsonb_typeof(o.j) = 'object'
                then o.j - '{cdSensor,dsPonto,nrValor,blValor,dsValor,cdProdutoItem,nrQualidade}'::text[] end as estranhos
    offset 0
  ) v
  left join lateral ( -- by its key, one by one: a device may have many sensors
    select k."cdSensor", k."cdProdutoItem" from public."TbSensor" k
    where k."cdSensor" = v.sensor and k."cdDispositivo" = p_cd_dispositivo
    offset 0
  ) s0 on true
  left join lateral (
    select k."cdSensor", k."cdProdutoItem" from public."TbSensor" k
    where c.ponto is not null and k."cdDispositivo" = p_cd_dispositivo
      and k."dsPonto" = case when jsonb_typeof(c.ponto) = 'string' then c.ponto #>> '{}' end
    offset 0
  ) s1 on true
  cross join lateral (
    select coalesce(s0."cdSensor", s1."cdSensor") as "cdSensor",
           coalesce(s0."cdProdutoItem", s1."cdProdutoItem") as "cdProdutoItem"
  ) s
$$;
comment on function private.ler_leituras(integer, integer, jsonb) is 'Readings of one element, and what is wrong with them.';
revoke all on function private.ler_leituras(integer, integer, jsonb) from public;
