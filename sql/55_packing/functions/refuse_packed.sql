-- What is packed has no row that a unique index could compare with: after an element was written for packed
-- time, its keys are looked up in the packs. A row that was being packed while it was written is found as
-- well, as the index lets the writer wait until its packing has ended, and this statement begins later.
-- Called by private.store_elements. Costs one look-up when nothing is as old.
-- p_oldest   the earliest time that was written
-- Raises unique_violation: the caller undoes and judges.
create function private.refuse_packed(p_elements private.element[], p_oldest timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_packed_before timestamp := (select m."dtAnunciada" from private."TbFrioMarca" m);
begin
  if (p_oldest < v_packed_before) is not true then
    return;
  end if;
  if exists (
    select from unnest(p_elements) e cross join unnest(e.sensor_values) l
    cross join lateral private.packed_value(l."cdSensor", e."dtRegistro", e."cdCliente")
    where e.verdict = 'stored' and e."dtRegistro" < v_packed_before and l.action is null
  ) or exists (
    select from unnest(p_elements) e
    cross join lateral private.packed_position(
      e."cdDispositivo", e."dtRegistro", e."cdCliente", e."nrSeq") p
    where e.verdict = 'stored' and e."dtRegistro" < v_packed_before and e.is_new
  ) then
    raise unique_violation using message = 'a row of this key is packed';
  end if;
end
$$;
comment on function private.refuse_packed is
  'Raises unique_violation where elements written are packed already.';
revoke all on function private.refuse_packed from public;
