-- The rows that more than one element of a batch would write: by place of the element (from 1), which row, as
-- a number, and which of its values; 0: its position. Called by private.settle_overlapping.
create function private.shared_rows(p_elements private.element[])
returns table (place integer, target integer, value_place integer)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with touch as (
    select e.place, 0 as value_place, e."cdDispositivo" as code, e."dtRegistro" as moment,
           e."nrSeq" as seq, e."cdCliente" as client
    from private.same_moment(p_elements) e
    where e.verdict = 'stored' and e.is_new
    union all
    select e.place, l.ordinality, l."cdSensor", e."dtRegistro", null, e."cdCliente"
    from private.same_moment(p_elements) e cross join unnest(e.sensor_values) with ordinality l
    where e.verdict = 'stored' and l.action is null
  ), numbered as (
    select t.place, t.value_place,
           dense_rank() over (order by t.value_place = 0, t.code, t.moment, t.client, t.seq) as target,
           count(*) over (partition by t.value_place = 0, t.code, t.moment, t.client, t.seq) as touches
    from touch t
  )
  select n.place::integer, n.target::integer, n.value_place::integer from numbered n where n.touches > 1
$$;
comment on function private.shared_rows is 'The rows that more than one element of a batch would write.';
revoke all on function private.shared_rows from public;
