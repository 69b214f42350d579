-- Imported readings that the retention of their client deletes, now or at the next maintenance, are rejected:
-- otherwise they would be acknowledged and then disappear. Readings of devices need no such check, as what is
-- already announced for deletion is rejected by private.read_elements.
-- Called by private.ingest and private.rehearse_import.
create function private.reject_expired(p_elements private.element[]) returns private.element[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  v_elements private.element[] := p_elements;
  v_expired record;
begin
  for v_expired in
    select e.ordinality as place, d.raw
    from unnest(p_elements) with ordinality e
    join private.retention_deadlines() d on d."cdCliente" = e."cdCliente" and d."cdDispositivo" = 0
    where e.verdict = 'stored' and e."dtRegistro" < d.raw
      and not private.is_held(e."cdCliente", e."cdDispositivo")
  loop
    v_elements[v_expired.place].verdict := 'rejected';
    v_elements[v_expired.place]."dsErro" := 'TIMESTAMP_OUT_OF_RANGE';
    v_elements[v_expired.place]."dsTexto" := format(
      'dtRegistro %s: the retention of the client deletes readings before %s UTC (nrDiasBruto of '
      'TbPoliticaRetencao)', v_elements[v_expired.place]."dtRegistro", v_expired.raw::date);
  end loop;
  return v_elements;
end
$$;
comment on function private.reject_expired is 'Rejects imported readings that retention would delete.';
revoke all on function private.reject_expired from public;
