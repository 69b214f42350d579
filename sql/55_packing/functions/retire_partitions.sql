-- Drops the emptied partitions of a month and lets the late tables, which are partitions as well, take their
-- place: they hold whatever arrives for packed months. What has arrived for this month since it was packed
-- goes with them, up to 1,000 rows: a device that keeps sending old readings must not keep its partition.
-- Whether it did; false when there are more rows or a partition is in use, to be tried again. Waits 30 ms at
-- most for each of the two series, before it does anything: whoever comes meanwhile waits behind it for both,
-- and for the work. Other partitions are not locked, as one may be vacuumed. Counts again under the lock.
-- A late table is attached again each time, as its bounds cannot be changed; it is scanned for that, and
-- therefore must be small. Part of private.pack_history.
create function private.retire_partitions(p_month timestamp) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '30ms'
set enable_seqscan = off as $$
declare
  v_series text[] := array['TbPosicao', 'TbSensorRegistro'];
  v_late text[] := array['TbPosicaoTardia', 'TbSensorRegistroTardio'];
  v_pair record;
  v_partition text;
  v_columns text;
begin
  for v_pair in
    select t.*, to_regclass(format(
             'particoes.%I', format('%s_%s', t.series, to_char(p_month, 'YYYY_MM')))) as partition
    from unnest(v_series, v_late) as t(series, late)
  loop
    if pg_relation_size(to_regclass(format('particoes.%I', v_pair.late))) > 32 << 20
       or private.count_left(v_pair.partition) > 1000 then -- without a lock first: what was packed lies there
      raise lock_not_available; -- they are packed first
    end if;
  end loop;
  lock table only series."TbPosicao", only series."TbSensorRegistro" in access exclusive mode;
  for v_pair in select * from unnest(v_series, v_late) as t(series, late) loop
    v_partition := to_regclass(format(
      'particoes.%I', format('%s_%s', v_pair.series, to_char(p_month, 'YYYY_MM'))));
    if v_partition is not null then
      if private.count_left(v_partition) > 1000 then
        raise lock_not_available;
      end if;
      execute format('alter table series.%I detach partition %s', v_pair.series, v_partition);
    end if;
    if to_regclass(format('particoes.%I', v_pair.late)) is not null then
      execute format('alter table series.%I detach partition particoes.%I', v_pair.series, v_pair.late);
    else
      execute format('create table particoes.%I (like series.%I including all)', v_pair.late, v_pair.series);
      execute format('alter table particoes.%I enable row level security', v_pair.late);
      execute format(
        'revoke all on particoes.%I from public, anon, authenticated, service_role', v_pair.late);
    end if;
    if v_partition is not null then
      select string_agg(quote_ident(a.attname), ', ') into v_columns from pg_attribute a
      where a.attrelid = format('series.%I', v_pair.series)::regclass and a.attnum > 0 and not a.attisdropped;
      execute format('insert into particoes.%1$I (%2$s) select %2$s from %3$s', v_pair.late, v_columns,
                     v_partition);
      execute format('drop table %s', v_partition);
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
