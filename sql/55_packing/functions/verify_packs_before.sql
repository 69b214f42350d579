-- Unpacks chunks that were last looked at before a time, a few per call, and compares them with their
-- checksums. A chunk that is damaged is marked: reads leave it out and say that they are not complete, and
-- scripts/doctor names it. Returns how many chunks were looked at; 0 when none is due.
-- Called by private.verify_packs and by scripts/doctor --verify-packs.
create function private.verify_packs_before(p_time timestamptz) returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_table text;
  v_chunks bigint[];
  v_done integer := 0;
begin
  foreach v_table in array array['TbPosicaoFria', 'TbSensorRegistroFrio', 'TbRollupFrio'] loop
    execute format(
      'select array(select c."cdPacote" from series.%I c '
      'where c."dtVerificado" < $1 and not c."blDanificado" '
      'order by c."dtVerificado" limit 20 for update skip locked)', v_table)
    into v_chunks using p_time;
    perform private.mark_damaged(v_table, v_chunks);
    v_done := v_done + cardinality(v_chunks);
  end loop;
  return v_done;
end
$$;
comment on function private.verify_packs_before is
  'Compares packed history with its checksums and marks what is damaged, a few chunks per call.';
revoke all on function private.verify_packs_before from public;
