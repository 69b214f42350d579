-- One batch, one transaction. First as if nothing of it were there (the usual case costs no look-up); when rows were met,
-- that attempt is undone and the elements are judged against what is stored; when elements of the batch touch each
-- other's rows, they are taken in order, round by round, with every other ingest shut out, because only then can no two
-- callers wait for each other.
-- What others may do to it (be faster, delete a product item or site just then) is undone and tried anew as well.
-- Ends: after the first undo only another caller can be in the way, who has then committed rows of this batch; should that
-- go on, the batch shuts the others out, and then nothing may be in its way.
create function private.ingerir(p_readings jsonb, p_clientes integer[], p_agora timestamp) returns private.elemento[]
language plpgsql
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off set enable_memoize = off
set enable_bitmapscan = off set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  v_modo text := 'novo'; -- novo, julgado, rodadas
  v_desfeitos integer := 0;
  v_particoes boolean := false;
  v_elementos private.elemento[];
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise sqlstate 'PT400' using message = 'Ingestion runs in read committed transactions only', hint = 'INVALID_PARAMETER';
  end if;
  loop
    begin
      perform private.travar_ingestao(v_modo = 'rodadas');
      perform pg_current_xact_id(); -- before anything is looked up: see TbRollupMarca
      v_elementos := array(select e from private.ler_elementos(p_readings, p_clientes, p_agora) e);
      if v_modo = 'novo' then
        perform private.gravar(v_elementos);
        return v_elementos;
      end if;
      return private.gravar_em_rodadas(v_elementos, v_modo = 'rodadas');
    exception
      when unique_violation or sqlstate 'RA001' or foreign_key_violation or deadlock_detected then
        if v_modo = 'rodadas' then
          raise;
        end if;
        v_desfeitos := v_desfeitos + 1;
        v_modo := case when v_desfeitos > 20 then 'rodadas' else 'julgado' end;
      when sqlstate 'RA002' then
        v_modo := 'rodadas';
      when check_violation then -- no partition yet: the upkeep has not run, or the coverage was widened
        if v_particoes then
          raise;
        end if;
        v_particoes := true;
        perform private.garantir_particoes(); -- or waits for the caller who is making them
    end;
  end loop;
end
$$;
comment on function private.ingerir(jsonb, integer[], timestamp) is 'Judges and stores one batch; never raises for an element.';
revoke all on function private.ingerir(jsonb, integer[], timestamp) from public;
