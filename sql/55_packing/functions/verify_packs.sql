-- Maintenance step: unpacks chunks that were not looked at for a week, a few per call, and compares them with
-- their checksums. A chunk that is damaged is marked: reads leave it out and say that they are not complete,
-- and scripts/doctor names it. Returns how many chunks; 0 when none is due.
create function private.verify_packs() returns integer
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_table text;
  v_chunks bigint[];
  v_done integer := 0;
begin
  foreach v_table in array array['TbPosicaoFria', 'TbSensorRegistroFrio'] loop
    execute format(
      'select array(select c."cdPacote" from series.%I c '
      'where c."dtVerificado" < now() - interval ''7 days'' and not c."blDanificado" '
      'order by c."dtVerificado" limit 20 for update skip locked)', v_table)
    into v_chunks;
    execute format(
      'update series.%I c set "dtVerificado" = now(), "blDanificado" = c."cdPacote" = any ($2) '
      'where c."cdPacote" = any ($1)', v_table)
    using v_chunks, private.damaged_chunks(v_table, v_chunks);
    v_done := v_done + cardinality(v_chunks);
  end loop;
  return v_done;
end
$$;
comment on function private.verify_packs is
  'Maintenance step: compares packed history with its checksums and marks what is damaged.';
revoke all on function private.verify_packs from public;
