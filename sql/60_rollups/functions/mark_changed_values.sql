create function private.mark_changed_values() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_announced timestamp := private.announced_watermark();
begin
  insert into private."TbRollupPendente" ("dtHora", "cdSensor")
  select distinct date_trunc('hour', m."dtRegistro"), m."cdSensor" from changed_rows m where m."dtRegistro" < v_announced;
  return null;
end
$$;
comment on function private.mark_changed_values is 'Marks the hours of readings that were deleted or changed.';
revoke all on function private.mark_changed_values from public;
