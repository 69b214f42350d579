-- One batch, one transaction. The first attempt assumes that nothing of the batch is stored (the usual case
-- costs no look-up). When it meets existing rows, or elements of the batch touch each other's rows, what it
-- wrote is undone and the elements, which are not read again, are judged against what is stored and against
-- each other. An attempt that another transaction disturbs (it was faster, or deleted a product item or site)
-- is undone and repeated from the start. It ends: after the first undo only another caller can interfere, who
-- has then committed rows of this batch; after 20 such attempts the batch shuts all others out, and then any
-- error is final.
-- p_months   months back that imported readings may be dated; 0: not an import
create function private.ingest(p_readings jsonb, p_clients integer[], p_now timestamp,
  p_months integer default 0)
returns private.element[]
language plpgsql
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_memoize = off set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  -- new, judged, alone; of a large batch a first attempt would write too much in vain
  v_mode text := case when pg_column_size(p_readings) > 2097152 then 'judged' else 'new' end;
  v_undone integer := 0;
  v_partitions_made boolean := false;
  v_elements private.element[];
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise sqlstate 'PT400' using message = 'Ingestion requires the isolation level read committed',
      hint = 'INVALID_PARAMETER';
  end if;
  loop
    begin
      perform private.lock_ingestion(v_mode = 'alone');
      perform pg_current_xact_id(); -- before anything is looked up: see TbRollupMarca
      v_elements := array(select e from private.read_elements(p_readings, p_clients, p_now, p_months) e);
      if p_months > 0 then
        v_elements := private.reject_expired(v_elements);
        perform private.open_months(v_elements);
      end if;
      if v_mode = 'new' then
        begin
          perform private.store_elements(v_elements);
          return v_elements;
        exception when unique_violation then
          v_mode := 'judged';
        end;
      end if;
      perform private.mark_damaged_elements(v_elements, p_by_digest => true);
      v_elements := private.settle_overlapping(private.judge_elements(v_elements));
      perform private.store_elements(v_elements);
      return v_elements;
    exception
      when data_corrupted or internal_error or data_exception or program_limit_exceeded
        or wrong_object_type or undefined_object or io_error then -- a chunk that cannot be unpacked
        if private.mark_damaged_elements(v_elements, p_by_digest => false) = 0 then
          raise;
        end if;
      when unique_violation or sqlstate 'RA001' or foreign_key_violation or deadlock_detected then
        if v_mode = 'alone' then
          raise;
        end if;
        v_undone := v_undone + 1;
        v_mode := case when v_undone > 20 then 'alone' else 'judged' end;
      when sqlstate 'RA004' then -- nothing is held now
        perform private.take_import_turn(true);
      when check_violation then -- no partition yet: maintenance has not run, or the coverage was widened
        if v_partitions_made then
          raise;
        end if;
        v_partitions_made := true;
        perform private.ensure_partitions(); -- or waits for the caller who is creating them
        v_mode := case when p_months > 0 and v_mode = 'new' then 'judged' -- rejects what begins no month
                       else v_mode end;
    end;
  end loop;
end
$$;
comment on function private.ingest is 'Judges and stores one batch; never raises because of an element.';
revoke all on function private.ingest from public;
