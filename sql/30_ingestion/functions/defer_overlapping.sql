-- A batch is judged as if its elements came one after the other. An element that touches a row which an earlier one is
-- about to write waits (verdict null) until that is written, and is judged again. A conflict is final at once: stored
-- rows never change or go.
create function private.defer_overlapping(p_elements private.element[]) returns private.element[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (
    with touch as (
      select e.batch_index, e."cdDispositivo" as code, e."dtRegistro" as instant, e."nrSeq" as seq, true as is_position
      from unnest(p_elements) e
      where e.verdict = 'stored' and e.is_new
      union all
      select e.batch_index, l."cdSensor", e."dtRegistro", null, false
      from unnest(p_elements) e cross join unnest(e.sensor_values) l
      where e.verdict in ('stored', 'duplicate') and l.action is distinct from 'keep'
    ), waiting as (
      select distinct t.batch_index
      from (select batch_index, min(batch_index) over (partition by is_position, code, instant, seq) as first_index from touch) t
      where t.batch_index > t.first_index
    )
    select coalesce(array_agg(row(
      e.batch_index, e."cdDispositivo", e."cdCliente", e."dtRegistro", e."nrSeq", e."nrBat", e."dsLat", e."dsLong",
      e."cdDestinatario", e."blArea", e."nrDistancia", e."cdPosicao", e.is_new, e.sensor_values, e.missing_count, e.take_over_count,
      e.names_item, e.is_untimed, case when w.batch_index is null then e.verdict end, e."dsErro", e."dsTexto"
    )::private.element order by e.batch_index), '{}')
    from unnest(p_elements) e
    left join waiting w on w.batch_index = e.batch_index);
end
$$;
comment on function private.defer_overlapping is 'Elements that touch a row of an earlier one lose their verdict.';
revoke all on function private.defer_overlapping from public;
