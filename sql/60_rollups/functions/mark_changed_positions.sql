create function private.mark_changed_positions() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_announced timestamp := private.announced_watermark();
begin
  insert into private."TbRollupPendente" ("dtHora", "cdDispositivo")
  select distinct date_trunc('hour', m."dtRegistro"), m."cdDispositivo" from changed_rows m where m."dtRegistro" < v_announced;
  return null;
end
$$;
comment on function private.mark_changed_positions is 'Marks the hours of positions that were deleted or changed.';
revoke all on function private.mark_changed_positions from public;
