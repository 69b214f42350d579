-- Topic and user properties of a wrapped payload are kept where they come from a service caller, such as a
-- gateway: adapters read by them when it is replayed. One generic plan, because a plan for one batch would
-- hold the batch; look-ups by key, one by one.
create function private.quarantine_elements(
  p_elements private.element[], p_readings jsonb, p_caller private.identity
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off
set enable_memoize = off set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
begin
  if not exists (select from unnest(p_elements) e where e.verdict in ('conflict', 'rejected')) then
    return;
  end if;
  perform private.keep_payloads(p_caller, array(
    select private.make_quarantined_payload(
      p_client => w."cdCliente",
      p_device => s.device,
      p_is_own_device => w.is_own_device,
      p_error_code => e."dsErro",
      p_error_text => e."dsTexto",
      p_hash => x.hash,
      p_payload => x.bytes,
      p_size => x.size,
      p_is_replayable => x.is_whole or s.topic is not null,
      p_topic => s.topic,
      p_properties => s.properties,
      -- the time it was stamped with, so that elements of one batch stay distinct on a replay
      p_received_at => case when e.is_untimed then e."dtRegistro" at time zone 'UTC' else now() end)
    from unnest(p_elements) e
    cross join lateral (select p_readings -> e.batch_index as e offset 0) o
    cross join lateral private.element_bytes(o.e) x
    cross join lateral (
      select private.read_integer(o.e -> 'cdDispositivo') as device,
             private.read_integer(o.e -> 'cdCliente') as client,
             case when p_caller.is_service and not x.is_whole then o.e ->> '$topico' end as topic,
             case when p_caller.is_service and not x.is_whole then o.e -> '$propriedades' end as properties
      offset 0
    ) s
    cross join lateral private.quarantine_owner(p_caller, s.client, s.device) w
    where e.verdict in ('conflict', 'rejected')));
end
$$;
comment on function private.quarantine_elements is
  'Quarantines the elements of a batch that were not stored.';
revoke all on function private.quarantine_elements from public;
