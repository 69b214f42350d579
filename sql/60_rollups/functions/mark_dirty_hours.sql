-- What makes an hour dirty: something is written in it after the announced watermark passed it. Readers then
-- take the hour from the values until maintenance has summed it up again (private.redo_dirty_hours).
-- This function serves ingestion, for a whole batch; triggers serve whatever else writes or deletes:
-- mark_inserted_row, mark_changed_values, mark_changed_positions, mark_changed_window.
-- It runs in the transaction that writes, after the writing: by then the transaction has a number, and it
-- either sees the announcement or private.advance_watermark waits for it. Costs one look-up when nothing is
-- late.
-- p_oldest   the earliest time that was written
create function private.mark_dirty_hours(p_elements private.element[], p_oldest timestamp) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_announced timestamp := (select m."dtAnunciada" from private."TbRollupMarca" m);
begin
  if (p_oldest < v_announced) is not true then
    return;
  end if;
  insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdDispositivo", "cdCliente")
  select date_trunc('hour', e."dtRegistro"), l."cdSensor", null, e."cdCliente"
  from unnest(p_elements) e cross join unnest(e.sensor_values) l
  where e.verdict = 'stored' and e."dtRegistro" < v_announced and l.action is null and l."nrValor" is not null
  union
  select date_trunc('hour', e."dtRegistro"), null, e."cdDispositivo", null
  from unnest(p_elements) e
  where e.verdict = 'stored' and e."dtRegistro" < v_announced and e.is_new;
end
$$;
comment on function private.mark_dirty_hours is 'Marks the hours of late readings as dirty.';
revoke all on function private.mark_dirty_hours from public;
