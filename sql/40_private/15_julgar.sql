-- Holds elements against what is stored. Only runs after an attempt to write met rows that were there.
--   conflict   a value that was sent differs from the stored one (defaults and derived fields are not compared)
--   duplicate  all of it is there
--   stored     something is missing
--   rejected   the element names one sensor twice

-- The readings of one element beside the stored ones. When the same reading came under two positions, the one with the
-- lowest nrSeq (null first) owns the row, whatever came first. Inlined: no SET clause and full names.
create function private.comparar_leituras(p_elemento private.elemento)
returns table ("comparadas" private.leitura[], "nrFaltam" integer, "nrTomar" integer, "blDifere" boolean, "blRepete" boolean)
language sql stable as $$
  select coalesce(array_agg(row(l."cdSensor", l."nrValor", l."blValor", l."dsValor", l."cdProdutoItem", l."blProdutoItem",
                                l."nrQualidade", x.acao, r."cdPosicao")::private.leitura), '{}'),
         count(*) filter (where x.acao is null)::integer,
         count(*) filter (where x.acao = 'tomar')::integer,
         coalesce(bool_or(r."cdSensor" is not null and (
           (r."nrValor", r."blValor", r."dsValor") is distinct from (l."nrValor", l."blValor", l."dsValor")
           or l."blProdutoItem" and r."cdProdutoItem" is distinct from l."cdProdutoItem"
           or r."nrQualidade" <> l."nrQualidade")), false),
         count(*) <> count(distinct l."cdSensor")
  from unnest((p_elemento)."leituras") l
  left join public."TbSensorRegistro" r
    on r."cdSensor" = l."cdSensor" and r."dtRegistro" = (p_elemento)."dtRegistro"
  left join public."TbPosicao" dona on dona."cdPosicao" = r."cdPosicao" and dona."dtRegistro" = r."dtRegistro"
  cross join lateral (
    select case
      when r."cdSensor" is null then null
      when (p_elemento)."cdPosicao" is not null and r."cdDispositivo" = (p_elemento)."cdDispositivo" and (r."cdPosicao" is null
        or (p_elemento)."nrSeq" is null and dona."nrSeq" is not null
        or (p_elemento)."nrSeq" < dona."nrSeq") then 'tomar'
      else 'manter'
    end as acao
  ) x
$$;
comment on function private.comparar_leituras(private.elemento) is 'The readings of an element beside the stored ones.';
revoke all on function private.comparar_leituras(private.elemento) from public;

create function private.julgar(p_elementos private.elemento[]) returns private.elemento[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select coalesce(array_agg(row(
      e."nrIndice", e."cdDispositivo", e."cdCliente", e."dtRegistro", e."nrSeq", e."nrBat", e."dsLat", e."dsLong",
      e."cdDestinatario",
      case when p."cdPosicao" is null then e."blArea" else p."blArea" end,
      case when p."cdPosicao" is null then e."nrDistancia" else p."nrDistancia" end,
      coalesce(p."cdPosicao", e."cdPosicao"), e."cdPosicao" is not null and p."cdPosicao" is null,
      l."comparadas", l."nrFaltam", l."nrTomar", e."blItens", e."blSemTempo",
      v.veredito, case v.veredito when 'conflict' then 'CONFLICT' when 'rejected' then 'MALFORMED' end,
      case v.veredito when 'conflict' then 'Other values are stored for this device or sensor and time'
                      when 'rejected' then 'sensores names the same sensor twice' end
    )::private.elemento order by e."nrIndice"), '{}')
    from unnest(p_elementos) e
    left join public."TbPosicao" p
      on e."cdPosicao" is not null and p."cdDispositivo" = e."cdDispositivo" and p."dtRegistro" = e."dtRegistro"
      and (p."nrSeq" = e."nrSeq" or p."nrSeq" is null and e."nrSeq" is null)
    cross join lateral private.comparar_leituras(e) l
    cross join lateral (
      select case
        when l."blRepete" then 'rejected' -- looked for here only: such an element always meets a row, its own
        when l."blDifere" or p."cdPosicao" is not null and (
            e."nrBat" is not null and e."nrBat" is distinct from p."nrBat"
            or e."dsLat" is not null and (e."dsLat", e."dsLong") is distinct from (p."dsLat", p."dsLong")) then 'conflict'
        when l."nrFaltam" = 0 and (e."cdPosicao" is null or p."cdPosicao" is not null) then 'duplicate'
        else 'stored'
      end as veredito
    ) v);
end
$$;
comment on function private.julgar(private.elemento[]) is 'Verdicts of elements against what is stored.';
revoke all on function private.julgar(private.elemento[]) from public;

-- A batch is judged as if its elements came one after the other. An element that touches a row which an earlier one is
-- about to write waits (verdict null) until that is written, and is judged again. A conflict is final at once: stored
-- rows never change or go.
create function private.fazer_esperar(p_elementos private.elemento[]) returns private.elemento[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (
    with toque as (
      select e."nrIndice", e."cdDispositivo" as codigo, e."dtRegistro" as instante, e."nrSeq" as seq, true as posicao
      from unnest(p_elementos) e
      where e."dsVeredito" = 'stored' and e."blNova"
      union all
      select e."nrIndice", l."cdSensor", e."dtRegistro", null, false
      from unnest(p_elementos) e cross join unnest(e."leituras") l
      where e."dsVeredito" in ('stored', 'duplicate') and l."dsAcao" is distinct from 'manter'
    ), espera as (
      select distinct t."nrIndice"
      from (select "nrIndice", min("nrIndice") over (partition by posicao, codigo, instante, seq) as primeiro from toque) t
      where t."nrIndice" > t.primeiro
    )
    select coalesce(array_agg(row(
      e."nrIndice", e."cdDispositivo", e."cdCliente", e."dtRegistro", e."nrSeq", e."nrBat", e."dsLat", e."dsLong",
      e."cdDestinatario", e."blArea", e."nrDistancia", e."cdPosicao", e."blNova", e."leituras", e."nrFaltam", e."nrTomar",
      e."blItens", e."blSemTempo", case when w."nrIndice" is null then e."dsVeredito" end, e."dsErro", e."dsTexto"
    )::private.elemento order by e."nrIndice"), '{}')
    from unnest(p_elementos) e
    left join espera w on w."nrIndice" = e."nrIndice");
end
$$;
comment on function private.fazer_esperar(private.elemento[]) is 'Elements that touch a row of an earlier one lose their verdict.';
revoke all on function private.fazer_esperar(private.elemento[]) from public;
