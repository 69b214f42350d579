-- Writes the elements to be stored. Every caller locks rows in one order (positions, current positions,
-- values, links; each by key), so that callers wait for each other but never in a circle.
-- Raises unique_violation when a row exists after all: from an earlier delivery, from another caller who was
-- faster and could not be seen by this statement, or from another element of the batch. The caller undoes and
-- judges.
create function private.store_elements(p_elements private.element[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_has record; -- what there is to do, found out in one pass
begin
  select coalesce(bool_or(e.verdict = 'stored' and e.is_new), false) as positions,
         coalesce(bool_or(e.verdict = 'stored' and e.names_item), false) as items,
         coalesce(bool_or(e.verdict in ('stored', 'duplicate') and e.take_over_count > 0), false)
           as take_overs,
         min(e."dtRegistro") filter (where e.verdict = 'stored') as oldest
  into v_has from unnest(p_elements) e;
  -- the triggers need not look at every row: mark_dirty_hours does it once, at the end
  perform set_config('rastro.dirty_marking', 'in bulk', true);
  if v_has.positions then
    insert into series."TbPosicao" (
      "cdPosicao", "dtRegistro", "dsLat", "dsLong", "nrPrecisao", "nrBat", "cdDispositivo", "cdCliente",
      "nrSeq", "cdDestinatario", "nrDistancia", "blArea")
    select e."cdPosicao", e."dtRegistro", e."dsLat", e."dsLong", e."nrPrecisao", e."nrBat",
           e."cdDispositivo", e."cdCliente", e."nrSeq", e."cdDestinatario", e."nrDistancia", e."blArea"
    from unnest(p_elements) e
    where e.is_new and e.verdict = 'stored'
    order by e."cdDispositivo", e."dtRegistro", e."nrSeq" nulls first;
  end if;

  insert into series."TbSensorRegistro" (
    "dtRegistro", "nrValor", "cdPosicao", "cdSensor", "cdDispositivo", "cdCliente",
    "cdProdutoItem", "nrQualidade", "blValor", "dsValor")
  select e."dtRegistro", l."nrValor", coalesce(l.owner_position, e."cdPosicao"), l."cdSensor",
         e."cdDispositivo", e."cdCliente", l."cdProdutoItem", coalesce(l."nrQualidade", 0), l."blValor",
         l."dsValor"
  from unnest(p_elements) e cross join unnest(e.sensor_values) l
  where e.verdict = 'stored' and l.action is null
  order by l."cdSensor", e."dtRegistro";

  if v_has.take_overs then
    perform private.take_over_values(p_elements);
  end if;
  if v_has.items then
    perform private.link_items(p_elements);
  end if;
  perform private.refuse_packed(p_elements, v_has.oldest);
  perform private.mark_dirty_hours(p_elements, v_has.oldest);
  perform set_config('rastro.dirty_marking', '', true);
end
$$;
comment on function private.store_elements is
  'Writes the elements to be stored; raises unique_violation when a row already exists.';
revoke all on function private.store_elements from public;
