-- Maintains TbPosicaoAtual. A statement-level trigger with a transition table: one pass per batch. Order is
-- time, then nrSeq (null first), never arrival. Coordinates (with area and address) and battery each keep the
-- latest known value, so that a position without them erases nothing. The row of a former owner gives way to
-- the first position received under the present one, whatever their times; what was in flight for a former
-- owner replaces nothing. Hash and merge joins are on again: the ingest that fires the trigger has them off.
-- Nested loops are off: the plan is kept, and one made for a single row would compare each device of a batch
-- with each other one.
-- Security definer: only this trigger writes the table.
create function private.keep_current_position() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_hashjoin = on set enable_mergejoin = on
set enable_nestloop = off as $$
begin
  insert into public."TbPosicaoAtual" as a (
    "cdDispositivo", "cdCliente", "cdPosicao", "dtRegistro", "nrSeq", "cdDestinatario", "cdEndereco",
    "dsLat", "dsLong", "nrPrecisao", "blArea", "nrDistancia", "dtCoordenada", "nrSeqCoordenada",
    "nrBat", "dtBateria", "nrSeqBateria")
  select u."cdDispositivo", u."cdCliente", u."cdPosicao", u."dtRegistro", u."nrSeq", u."cdDestinatario",
         c."cdEndereco", c."dsLat", c."dsLong", c."nrPrecisao", c."blArea", c."nrDistancia", c."dtRegistro",
         c."nrSeq",
         b."nrBat", b."dtRegistro", b."nrSeq"
  from (select distinct on (n."cdDispositivo") n.* from new_rows n -- one batch sees one owner of a device
        order by n."cdDispositivo", n."dtRegistro" desc, n."nrSeq" desc nulls last) u
  left join (select distinct on (n."cdDispositivo", n."cdCliente") n.* from new_rows n
             where n."dsLat" is not null
             order by n."cdDispositivo", n."cdCliente", n."dtRegistro" desc, n."nrSeq" desc nulls last) c
    on c."cdDispositivo" = u."cdDispositivo" and c."cdCliente" = u."cdCliente"
  left join (select distinct on (n."cdDispositivo", n."cdCliente") n.* from new_rows n
             where n."nrBat" is not null
             order by n."cdDispositivo", n."cdCliente", n."dtRegistro" desc, n."nrSeq" desc nulls last) b
    on b."cdDispositivo" = u."cdDispositivo" and b."cdCliente" = u."cdCliente"
  order by u."cdDispositivo" -- one lock order for all callers
  on conflict ("cdDispositivo") do update set (
    "cdCliente", "cdPosicao", "dtRegistro", "nrSeq", "cdDestinatario", "cdEndereco",
    "dsLat", "dsLong", "nrPrecisao", "blArea", "nrDistancia", "dtCoordenada", "nrSeqCoordenada",
    "nrBat", "dtBateria", "nrSeqBateria", "dtAlteracao", "nrTransacao") = (
    select excluded."cdCliente",
           case when x.is_newer then excluded."cdPosicao" else a."cdPosicao" end,
           case when x.is_newer then excluded."dtRegistro" else a."dtRegistro" end,
           case when x.is_newer then excluded."nrSeq" else a."nrSeq" end,
           case when x.is_newer then excluded."cdDestinatario" else a."cdDestinatario" end,
           case when x.place
             then coalesce(excluded."cdEndereco", case when x.is_near then a."cdEndereco" end)
             else a."cdEndereco" end,
           case when x.place then excluded."dsLat" else a."dsLat" end,
           case when x.place then excluded."dsLong" else a."dsLong" end,
           case when x.place then excluded."nrPrecisao" else a."nrPrecisao" end,
           case when x.place then excluded."blArea" else a."blArea" end,
           case when x.place then excluded."nrDistancia" else a."nrDistancia" end,
           case when x.place then excluded."dtCoordenada" else a."dtCoordenada" end,
           case when x.place then excluded."nrSeqCoordenada" else a."nrSeqCoordenada" end,
           case when x.battery then excluded."nrBat" else a."nrBat" end,
           case when x.battery then excluded."dtBateria" else a."dtBateria" end,
           case when x.battery then excluded."nrSeqBateria" else a."nrSeqBateria" end,
           clock_timestamp(), pg_current_xact_id()
    from (select
      is_moved or private.is_later(excluded."dtRegistro", excluded."nrSeq", a."dtRegistro", a."nrSeq")
        as is_newer,
      is_moved or private.is_later(excluded."dtCoordenada", excluded."nrSeqCoordenada",
                                   a."dtCoordenada", a."nrSeqCoordenada") as place,
      is_moved or private.is_later(excluded."dtBateria", excluded."nrSeqBateria",
                                   a."dtBateria", a."nrSeqBateria") as battery,
      -- a device that stands still keeps its address
      not is_moved and private.geocode_cell(excluded."dsLat") = private.geocode_cell(a."dsLat")
        and private.geocode_cell(excluded."dsLong") = private.geocode_cell(a."dsLong") as is_near
      from (select a."cdCliente" <> excluded."cdCliente" as is_moved) m) x)
  where case when a."cdCliente" = excluded."cdCliente"
    then private.is_later(excluded."dtRegistro", excluded."nrSeq", a."dtRegistro", a."nrSeq")
      or private.is_later(excluded."dtCoordenada", excluded."nrSeqCoordenada",
                          a."dtCoordenada", a."nrSeqCoordenada")
      or private.is_later(excluded."dtBateria", excluded."nrSeqBateria", a."dtBateria", a."nrSeqBateria")
    else exists (select from public."TbDispositivo" d
                 where d."cdDispositivo" = excluded."cdDispositivo" and d."cdCliente" = excluded."cdCliente")
    end;
  return null;
end
$$;
comment on function private.keep_current_position is
  'Maintains TbPosicaoAtual when positions arrive, in whatever order.';
revoke all on function private.keep_current_position from public;
