-- One batch, one transaction. First as if nothing of it were there (the usual case costs no look-up); when rows were met,
-- that attempt is undone and the elements are judged against what is stored; when elements of the batch touch each
-- other's rows, they are taken in order, round by round, with every other ingest shut out, because only then can no two
-- callers wait for each other.
-- What others may do to it (be faster, delete a product item or site just then) is undone and tried anew as well.
-- Ends: after the first undo only another caller can be in the way, who has then committed rows of this batch; should that
-- go on, the batch shuts the others out, and then nothing may be in its way.
create function private.ingest(p_readings jsonb, p_clients integer[], p_now timestamp) returns private.element[]
language plpgsql
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_memoize = off
set enable_bitmapscan = off set plan_cache_mode = force_generic_plan as $$
declare
  v_mode text := 'novo'; -- novo, julgado, rodadas
  v_undone integer := 0;
  v_partitions_made boolean := false;
  v_elements private.element[];
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise sqlstate 'PT400' using message = 'Ingestion runs in read committed transactions only', hint = 'INVALID_PARAMETER';
  end if;
  loop
    begin
      perform private.lock_ingestion(v_mode = 'rodadas');
      perform pg_current_xact_id(); -- before anything is looked up: see TbRollupMarca
      v_elements := array(select e from private.read_elements(p_readings, p_clients, p_now) e);
      if v_mode = 'novo' then
        perform private.store_elements(v_elements);
        return v_elements;
      end if;
      return private.store_in_rounds(v_elements, v_mode = 'rodadas');
    exception
      when unique_violation or sqlstate 'RA001' or foreign_key_violation or deadlock_detected then
        if v_mode = 'rodadas' then
          raise;
        end if;
        v_undone := v_undone + 1;
        v_mode := case when v_undone > 20 then 'rodadas' else 'julgado' end;
      when sqlstate 'RA002' then
        v_mode := 'rodadas';
      when check_violation then -- no partition yet: the upkeep has not run, or the coverage was widened
        if v_partitions_made then
          raise;
        end if;
        v_partitions_made := true;
        perform private.ensure_partitions(); -- or waits for the caller who is making them
    end;
  end loop;
end
$$;
comment on function private.ingest is 'Judges and stores one batch; never raises for an element.';
revoke all on function private.ingest from public;
