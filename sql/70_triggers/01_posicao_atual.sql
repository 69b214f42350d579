-- Keeps TbPosicaoAtual. A statement-level trigger with a transition table: one pass per batch. Order is time, then nrSeq
-- (null first), never arrival; coordinates (with area and address) and battery each keep the latest known, so that a row
-- without them erases nothing. When a device changed hands, what its former owner reported is not carried over.
-- Security definer: only this trigger writes the table.
create function private.manter_posicao_atual() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on as $$ -- the ingest it runs in has them off
begin
  insert into public."TbPosicaoAtual" as a (
    "cdDispositivo", "cdCliente", "cdPosicao", "dtRegistro", "nrSeq", "cdDestinatario", "cdEndereco",
    "dsLat", "dsLong", "blArea", "nrDistancia", "dtCoordenada", "nrSeqCoordenada", "nrBat", "dtBateria", "nrSeqBateria")
  select u."cdDispositivo", u."cdCliente", u."cdPosicao", u."dtRegistro", u."nrSeq", u."cdDestinatario", c."cdEndereco",
         c."dsLat", c."dsLong", c."blArea", c."nrDistancia", c."dtRegistro", c."nrSeq", b."nrBat", b."dtRegistro", b."nrSeq"
  from (select distinct on (n."cdDispositivo") n.* from novas n
        order by n."cdDispositivo", n."dtRegistro" desc, n."nrSeq" desc nulls last) u
  left join (select distinct on (n."cdDispositivo") n.* from novas n where n."dsLat" is not null
             order by n."cdDispositivo", n."dtRegistro" desc, n."nrSeq" desc nulls last) c
    on c."cdDispositivo" = u."cdDispositivo"
  left join (select distinct on (n."cdDispositivo") n.* from novas n where n."nrBat" is not null
             order by n."cdDispositivo", n."dtRegistro" desc, n."nrSeq" desc nulls last) b
    on b."cdDispositivo" = u."cdDispositivo"
  order by u."cdDispositivo" -- one lock order for all callers
  on conflict ("cdDispositivo") do update set (
    "cdCliente", "cdPosicao", "dtRegistro", "nrSeq", "cdDestinatario", "cdEndereco",
    "dsLat", "dsLong", "blArea", "nrDistancia", "dtCoordenada", "nrSeqCoordenada",
    "nrBat", "dtBateria", "nrSeqBateria", "dtAlteracao") = (
    select case when x.nova then excluded."cdCliente" else a."cdCliente" end,
           case when x.nova then excluded."cdPosicao" else a."cdPosicao" end,
           case when x.nova then excluded."dtRegistro" else a."dtRegistro" end,
           case when x.nova then excluded."nrSeq" else a."nrSeq" end,
           case when x.nova then excluded."cdDestinatario" else a."cdDestinatario" end,
           case when x.lugar then coalesce(excluded."cdEndereco", case when x.perto then a."cdEndereco" end) else a."cdEndereco" end,
           case when x.lugar then excluded."dsLat" else a."dsLat" end,
           case when x.lugar then excluded."dsLong" else a."dsLong" end,
           case when x.lugar then excluded."blArea" else a."blArea" end,
           case when x.lugar then excluded."nrDistancia" else a."nrDistancia" end,
           case when x.lugar then excluded."dtCoordenada" else a."dtCoordenada" end,
           case when x.lugar then excluded."nrSeqCoordenada" else a."nrSeqCoordenada" end,
           case when x.bateria then excluded."nrBat" else a."nrBat" end,
           case when x.bateria then excluded."dtBateria" else a."dtBateria" end,
           case when x.bateria then excluded."nrSeqBateria" else a."nrSeqBateria" end,
           clock_timestamp()
    from (select d.nova, d.lugar and d.mesmo or d.nova and not d.mesmo as lugar,
                 d.bateria and d.mesmo or d.nova and not d.mesmo as bateria,
                 -- a device that stands still keeps its address
                 d.mesmo and private.milesimos(excluded."dsLat") = private.milesimos(a."dsLat")
                   and private.milesimos(excluded."dsLong") = private.milesimos(a."dsLong") as perto
          from (select
            private.depois(excluded."dtRegistro", excluded."nrSeq", a."dtRegistro", a."nrSeq") as nova,
            private.depois(excluded."dtCoordenada", excluded."nrSeqCoordenada", a."dtCoordenada", a."nrSeqCoordenada") as lugar,
            private.depois(excluded."dtBateria", excluded."nrSeqBateria", a."dtBateria", a."nrSeqBateria") as bateria,
            a."cdCliente" = excluded."cdCliente" as mesmo) d) x)
  where private.depois(excluded."dtRegistro", excluded."nrSeq", a."dtRegistro", a."nrSeq")
     or a."cdCliente" = excluded."cdCliente"
        and (private.depois(excluded."dtCoordenada", excluded."nrSeqCoordenada", a."dtCoordenada", a."nrSeqCoordenada")
          or private.depois(excluded."dtBateria", excluded."nrSeqBateria", a."dtBateria", a."nrSeqBateria"));
  return null;
end
$$;
comment on function private.manter_posicao_atual() is 'Keeps TbPosicaoAtual when positions arrive, in whatever order.';
revoke all on function private.manter_posicao_atual() from public;

create trigger "TbPosicao_posicao_atual"
  after insert on public."TbPosicao"
  referencing new table as novas
  for each statement execute function private.manter_posicao_atual();
comment on trigger "TbPosicao_posicao_atual" on public."TbPosicao" is 'Keeps TbPosicaoAtual.';
