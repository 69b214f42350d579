-- A batch is judged as if its elements came one after the other. An element that touches a row which an
-- earlier one is about to write waits (verdict null) until that row is written, and is judged again. A
-- conflict is final at once: stored rows never change or disappear. The elements come, and are returned, in
-- the order of the batch. Called by private.store_in_rounds.
create function private.defer_overlapping(p_elements private.element[]) returns private.element[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_elements private.element[] := p_elements;
  v_place bigint;
begin
  for v_place in
    with element as (
      select * from unnest(p_elements) with ordinality
    ), touch as (
      select e.ordinality as place, e."cdDispositivo" as code, e."dtRegistro" as instant, e."nrSeq" as seq,
             e."cdCliente" as client, true as is_position
      from element e
      where e.verdict = 'stored' and e.is_new
      union all
      select e.ordinality, l."cdSensor", e."dtRegistro", null, e."cdCliente", false
      from element e cross join unnest(e.sensor_values) l
      where e.verdict in ('stored', 'duplicate') and l.action is distinct from 'keep'
    )
    select distinct t.place
    from (
      select place, min(place) over (partition by is_position, code, instant, seq, client) as first_place
      from touch
    ) t
    where t.place > t.first_place
  loop
    v_elements[v_place].verdict := null;
  end loop;
  return v_elements;
end
$$;
comment on function private.defer_overlapping is
  'Elements that touch a row of an earlier one lose their verdict.';
revoke all on function private.defer_overlapping from public;
