-- Marks hours below the watermark in which something is written, so that readers take them from the readings until they are
-- summed up anew. In the transaction that writes, after it has written: it has a transaction number by then, and either
-- sees the announcement or is waited for (see TbRollupMarca). Costs one look-up where nothing is late.
create function private.mark_dirty_hours(p_elements private.element[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_announced timestamp := (select m."dtAnunciada" from private."TbRollupMarca" m);
begin
  if not exists (select from unnest(p_elements) e where e."dtRegistro" < v_announced and e.verdict = 'stored') then
    return;
  end if;
  insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdDispositivo")
  select date_trunc('hour', e."dtRegistro"), l."cdSensor", null
  from unnest(p_elements) e cross join unnest(e.sensor_values) l
  where e.verdict = 'stored' and e."dtRegistro" < v_announced and l.action is null and l."nrValor" is not null
  union
  select date_trunc('hour', e."dtRegistro"), null, e."cdDispositivo"
  from unnest(p_elements) e
  where e.verdict = 'stored' and e."dtRegistro" < v_announced and e.is_new;
end
$$;
comment on function private.mark_dirty_hours is 'Marks the hours of late elements as not summed up.';
revoke all on function private.mark_dirty_hours from public;
