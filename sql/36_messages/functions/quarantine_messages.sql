-- Raises PT429 TOO_MANY_REQUESTS when the quarantine of a client is full (private.require_quarantine_room).
create function private.quarantine_messages(
  p_messages private.device_message[], p_originals jsonb, p_caller private.identity
) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform private.require_quarantine_room(array(
    select private.quarantine_payload(p_caller, private.quarantine_clients(p_caller, b.e, b."cdCliente"),
                                      b."dsErro", b.hash, b."dsTexto", b.bytes, b.size, b.is_whole)
    from (
      select m."cdCliente", m."dsErro", m."dsTexto", o.e, x.*
      from unnest(p_messages) m
      cross join lateral (select p_originals -> m.batch_index as e offset 0) o
      cross join lateral private.element_bytes(o.e) x
      where m."dsErro" is not null
      order by x.hash, m."dsErro", m.batch_index -- one lock order for all callers
      offset 0
    ) b));
end
$$;
comment on function private.quarantine_messages is
  'Quarantines acknowledgements and events that were not stored.';
revoke all on function private.quarantine_messages from public;
