-- Values that came under several positions of a batch belong to the one with the lowest nrSeq (null first),
-- whatever came first. The value to insert names its owner, where that is not its own element's position;
-- of several elements that would take over a stored value only that one does.
-- Called by private.settle_overlapping.
create function private.assign_owners(p_elements private.element[]) returns private.element[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_elements private.element[] := p_elements;
  v_found record;
begin
  for v_found in
    with touch as (
      select e.place, l.ordinality as value_place, l.action, e."cdPosicao",
             first_value(e.place) over same_row as owner_place,
             first_value(e."cdPosicao") over same_row as owner
      from private.same_moment(p_elements) e cross join unnest(e.sensor_values) with ordinality l
      window same_row as (
        partition by l."cdSensor", e."dtRegistro", e."cdCliente"
        order by e."cdPosicao" is null, e."nrSeq" nulls first, e.place)
    )
    select t.place, t.value_place, t.action, t.owner
    from touch t
    where t.action is null and t.owner is distinct from t."cdPosicao"
       or t.action = 'take_over' and t.owner_place <> t.place
  loop
    if v_found.action is null then
      v_elements[v_found.place].sensor_values[v_found.value_place].owner_position := v_found.owner;
    else
      v_elements[v_found.place].sensor_values[v_found.value_place].action := 'keep';
    end if;
  end loop;
  return v_elements;
end
$$;
comment on function private.assign_owners is
  'Gives values of a batch to the position with the lowest nrSeq.';
revoke all on function private.assign_owners from public;
