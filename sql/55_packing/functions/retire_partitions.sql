-- Drops the emptied partitions of a month and lets the late tables, which are partitions as well, take their
-- place: they hold whatever arrives for packed months. Whether it did; false when a row has arrived meanwhile
-- or a partition is in use, to be tried again. Waits 50 ms at most, and looks again under the lock.
-- A late table is attached again each time, as its bounds cannot be changed; it is scanned for that, and
-- therefore must be small. Part of private.pack_history.
create function private.retire_partitions(p_month timestamp) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '50ms' as $$
declare
  v_pair record;
  v_partition text;
  v_has_row boolean;
begin
  for v_pair in
    select * from (values ('TbPosicao', 'TbPosicaoTardia'), ('TbSensorRegistro', 'TbSensorRegistroTardio'))
      as t(series, late)
  loop
    v_partition := format('%s_%s', v_pair.series, to_char(p_month, 'YYYY_MM'));
    if pg_relation_size(to_regclass(format('particoes.%I', v_pair.late))) > 32 << 20 then
      raise lock_not_available; -- late rows are packed first
    end if;
    execute format('lock table series.%I in access exclusive mode', v_pair.series);
    if to_regclass(format('particoes.%I', v_partition)) is not null then
      execute format('select exists (select from particoes.%I)', v_partition) into v_has_row;
      if v_has_row then
        raise lock_not_available;
      end if;
      execute format('alter table series.%I detach partition particoes.%I', v_pair.series, v_partition);
      execute format('drop table particoes.%I', v_partition);
    end if;
    if to_regclass(format('particoes.%I', v_pair.late)) is not null then
      execute format('alter table series.%I detach partition particoes.%I', v_pair.series, v_pair.late);
    else
      execute format('create table particoes.%I (like series.%I including all)', v_pair.late, v_pair.series);
      execute format('alter table particoes.%I enable row level security', v_pair.late);
      execute format(
        'revoke all on particoes.%I from public, anon, authenticated, service_role', v_pair.late);
    end if;
    execute format('alter table series.%I attach partition particoes.%I for values from (minvalue) to (%L)',
                   v_pair.series, v_pair.late, p_month + interval '1 month');
  end loop;
  return true;
exception when lock_not_available then
  return false; -- nothing is done by halves
end
$$;
comment on function private.retire_partitions is
  'Drops the emptied partitions of a packed month; late rows for it go into the late tables.';
revoke all on function private.retire_partitions from public;
