-- Looks at chunks and marks those that are damaged: reads leave them out and say that they are not complete.
-- Rollups are made again instead, as long as their values are there.
-- Returns how many are damaged. Called by private.verify_packs and by what meets a damaged chunk.
-- p_table   TbSensorRegistroFrio, TbPosicaoFria or TbRollupFrio
create function private.mark_damaged(p_table text, p_chunks bigint[]) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_damaged bigint[] := private.damaged_chunks(p_table, p_chunks);
begin
  if p_table = 'TbRollupFrio' then
    perform private.redo_damaged_rollups(v_damaged);
  end if;
  execute format(
    'update series.%I c set "dtVerificado" = now(), "blDanificado" = c."cdPacote" = any ($2) '
    'where c."cdPacote" = any ($1)', p_table)
  using p_chunks, v_damaged;
  return cardinality(v_damaged);
end
$$;
comment on function private.mark_damaged is 'Looks at chunks and marks those that are damaged.';
revoke all on function private.mark_damaged from public;
