-- A batch is judged as if its elements came one after the other. Where several would write one row, the first
-- of them does, and the others are compared with it: they contradict it, or add what it lacks. That is done
-- in memory and in one pass, however many elements meet: so all are written at once, in the one order of
-- locks, and nobody else is kept out meanwhile.
-- The elements come, and are returned, in the order of the batch. Called by private.ingest.
create function private.settle_overlapping(p_elements private.element[]) returns private.element[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_elements private.element[] := p_elements;
  v_rows integer := (select coalesce(sum(1 + cardinality(e.sensor_values)), 0) from unnest(p_elements) e);
  v_first integer[] := array_fill(null::integer, array[v_rows]); -- of each row: who writes it
  v_first_value integer[] := v_first;
  v_one record; -- an element
  v_touch record;
  v_row integer;
  v_value integer;
begin
  for v_touch in
    select r.place, array_agg(r.target) as targets, array_agg(r.value_place) as value_places
    from private.shared_rows(p_elements) r group by r.place order by r.place
  loop
    v_one := v_elements[v_touch.place];
    for v_n in 1 .. cardinality(v_touch.targets) loop
      v_row := v_touch.targets[v_n];
      if v_first[v_row] is not null and private.is_other_row(
           v_one, v_touch.value_places[v_n], v_elements[v_first[v_row]], v_first_value[v_row]) then
        v_one.verdict := 'conflict';
        v_one."dsErro" := 'CONFLICT';
        v_one."dsTexto" := 'Other values are stored for this device or sensor and time';
      end if;
    end loop;
    for v_n in 1 .. cardinality(v_touch.targets) loop
      exit when v_one.verdict = 'conflict';
      v_row := v_touch.targets[v_n];
      v_value := v_touch.value_places[v_n];
      if v_first[v_row] is null then
        v_first[v_row] := v_touch.place;
        v_first_value[v_row] := v_value;
      elsif v_value > 0 then
        v_one.sensor_values[v_value].action := 'keep';
      else
        v_one.is_new := false;
        v_one."cdPosicao" := (v_elements[v_first[v_row]])."cdPosicao";
        v_one."blArea" := (v_elements[v_first[v_row]])."blArea";
        v_one."nrDistancia" := (v_elements[v_first[v_row]])."nrDistancia";
      end if;
    end loop;
    if v_one.verdict <> 'conflict' and not v_one.is_new
       and not exists (select from unnest(v_one.sensor_values) l where l.action is null) then
      v_one.verdict := 'duplicate';
    end if;
    v_elements[v_touch.place] := v_one;
  end loop;
  return private.assign_owners(v_elements);
end
$$;
comment on function private.settle_overlapping is
  'Compares elements of a batch that would write the same rows.';
revoke all on function private.settle_overlapping from public;
