-- Judges and writes, in as many rounds as the elements of the batch touch each other's rows.
-- Called by private.ingest. Raises RA002 when more than one round is needed and the lock is not exclusive.
create function private.store_in_rounds(p_elements private.element[], p_exclusive boolean)
returns private.element[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_ready private.element[] := array(select e from unnest(p_elements) e where e.verdict = 'rejected');
  v_pending private.element[] := array(select e from unnest(p_elements) e where e.verdict = 'stored');
  v_round private.element[];
begin
  while cardinality(v_pending) > 0 loop
    v_round := private.defer_overlapping(private.judge_elements(v_pending));
    v_pending := array(select e from unnest(v_round) e where e.verdict is null);
    if cardinality(v_pending) > 0 and not p_exclusive then
      raise sqlstate 'RA002';
    end if;
    v_round := array(select e from unnest(v_round) e where e.verdict is not null);
    perform private.store_elements(v_round);
    v_ready := v_ready || v_round;
  end loop;
  return array(select e from unnest(v_ready) e order by e.batch_index);
end
$$;
comment on function private.store_in_rounds is
  'Judges elements against what is stored and writes what is new.';
revoke all on function private.store_in_rounds from public;
