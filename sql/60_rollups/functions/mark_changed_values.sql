-- The hours of values that were updated or deleted become dirty. Trigger function, see
-- private.announced_watermark.
-- Security definer: nobody has rights on TbRollupPendente, whoever writes.
create function private.mark_changed_values() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_announced timestamp := private.announced_watermark();
begin
  insert into private."TbRollupPendente" ("dtHora", "cdSensor", "cdCliente")
  select distinct date_trunc('hour', m."dtRegistro"), m."cdSensor", m."cdCliente"
  from changed_rows m
  where m."dtRegistro" < v_announced;
  return null;
end
$$;
comment on function private.mark_changed_values is 'Marks the hours of updated or deleted values as dirty.';
revoke all on function private.mark_changed_values from public;
