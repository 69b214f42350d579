-- Raises PT429 TOO_MANY_REQUESTS when the quarantine of a client is full (private.require_quarantine_room).
create function private.quarantine_elements(
  p_elements private.element[], p_readings jsonb, p_caller private.identity
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from unnest(p_elements) e where e.verdict in ('conflict', 'rejected')) then
    return;
  end if;
  perform private.require_quarantine_room(array(
    select private.quarantine_payload(p_caller, private.quarantine_clients(p_caller, b.e, b."cdCliente"),
                                      b."dsErro", b.hash, b."dsTexto", b.bytes, b.size, b.is_whole,
                                      b.received_at)
    from (
      select e."cdCliente", e."dsErro", e."dsTexto", o.e, x.*,
             -- the time it was stamped with, so that elements of one batch stay distinct on a replay
             case when e.is_untimed then e."dtRegistro" at time zone 'UTC' else now() end as received_at
      from unnest(p_elements) e
      cross join lateral (select p_readings -> e.batch_index as e offset 0) o
      cross join lateral private.element_bytes(o.e) x
      where e.verdict in ('conflict', 'rejected')
      order by x.hash, e."dsErro", e.batch_index -- one lock order for all callers
      offset 0
    ) b));
end
$$;
comment on function private.quarantine_elements is
  'Quarantines the elements of a batch that were not stored.';
revoke all on function private.quarantine_elements from public;
