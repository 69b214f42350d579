-- When a reading is a conflict, a duplicate or stored. Runs only after an attempt to write met existing rows.
--   conflict   a value that was sent differs from the stored one (defaults, derived fields are not compared)
--   duplicate  everything in it is stored already
--   stored     something in it is missing and will be stored, or it has only meta, which is kept by its time
--   rejected   it was before, or the element names one sensor twice
-- Only rows received under the same owner of the device are looked at: what a former owner sent is neither
-- compared nor disclosed.
-- Called by private.ingest, under its lock.
create function private.judge_elements(p_elements private.element[]) returns private.element[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  return (
    select coalesce(array_agg(row(
      e.batch_index, e."cdDispositivo", e."cdCliente", e."dtRegistro", e."nrSeq", e."nrBat",
      e."dsLat", e."dsLong", e."nrPrecisao", e."cdDestinatario",
      case when p."cdPosicao" is null then e."blArea" else p."blArea" end,
      case when p."cdPosicao" is null then e."nrDistancia" else p."nrDistancia" end,
      coalesce(p."cdPosicao", e."cdPosicao"), e."cdPosicao" is not null and p."cdPosicao" is null,
      l.compared_values, l.missing_count, l.take_over_count, e.names_item, e.is_untimed,
      v.verdict,
      coalesce(e."dsErro", case v.verdict
        when 'conflict' then 'CONFLICT' when 'rejected' then 'MALFORMED' end),
      coalesce(e."dsTexto", case v.verdict
        when 'conflict' then 'Other values are stored for this device or sensor and time'
        when 'rejected' then 'sensores names the same sensor twice' end)
    )::private.element order by e.batch_index), '{}')
    from unnest(p_elements) e
    left join lateral private.stored_position(e."cdDispositivo", e."dtRegistro", e."cdCliente", e."nrSeq") p
      on e."cdPosicao" is not null
    cross join lateral private.compare_values(e, p."cdPosicao") l
    cross join lateral (
      select case
        when e.verdict = 'rejected' then e.verdict
        when l.repeats then 'rejected' -- looked for here only: such an element always meets a row, its own
        when l.differs or p."cdPosicao" is not null and private.is_other_position(
            e, p."nrBat", p."dsLat", p."dsLong", p."nrPrecisao")
          then 'conflict'
        when e."cdPosicao" is null and cardinality(e.sensor_values) = 0 then 'stored'
        when l.missing_count = 0 and (e."cdPosicao" is null or p."cdPosicao" is not null) then 'duplicate'
        else 'stored'
      end as verdict
    ) v);
end
$$;
comment on function private.judge_elements is 'Verdicts of elements against what is stored.';
revoke all on function private.judge_elements from public;
