-- Ingests share this lock; deleting a device or sensor, and a batch whose elements touch each other, take it alone.
create function private.travar_ingestao(p_sozinho boolean) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform case when p_sozinho then pg_advisory_xact_lock(7274737472) else pg_advisory_xact_lock_shared(7274737472) end;
end
$$;
comment on function private.travar_ingestao(boolean) is 'Lock between ingests (shared) and what must not meet one (alone); until the transaction ends.';
revoke all on function private.travar_ingestao(boolean) from public;

-- Judges and writes. RA002 when more than one round is needed and the caller does not hold the lock alone.
create function private.gravar_em_rodadas(p_elementos private.elemento[], p_sozinho boolean) returns private.elemento[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  v_prontos private.elemento[] := array(select e from unnest(p_elementos) e where e."dsVeredito" = 'rejected');
  v_pendentes private.elemento[] := array(select e from unnest(p_elementos) e where e."dsVeredito" = 'stored');
  v_rodada private.elemento[];
begin
  while cardinality(v_pendentes) > 0 loop
    v_rodada := private.fazer_esperar(private.julgar(v_pendentes));
    v_pendentes := array(select e from unnest(v_rodada) e where e."dsVeredito" is null);
    if cardinality(v_pendentes) > 0 and not p_sozinho then
      raise sqlstate 'RA002';
    end if;
    v_rodada := array(select e from unnest(v_rodada) e where e."dsVeredito" is not null);
    perform private.gravar(v_rodada);
    v_prontos := v_prontos || v_rodada;
  end loop;
  return array(select e from unnest(v_prontos) e order by e."nrIndice");
end
$$;
comment on function private.gravar_em_rodadas(private.elemento[], boolean) is 'Judges elements against what is stored and writes what is new.';
revoke all on function private.gravar_em_rodadas(private.elemento[], boolean) from public;
