-- Stores what a gateway took from its broker, in one transaction: readings, and what devices send besides.
-- p_readings   as in insert_device_readings
-- p_mensagens  [{tipo: ack, cdCliente?, cdDispositivo, dtRegistro?,
--                dsPayload: {schema: v1, cmd_id, ok, ts_exec?, err?}},
--               {tipo: event, cdCliente?, cdDispositivo, dtRegistro?,
--                dsPayload: {schema: v1, event_type, ts?, data?}}]
--              dtRegistro is for payloads without a time of their own; without both it is now
-- Returns what insert_device_readings does, with results for conflict and rejected only, and with
-- messages     the same for p_mensagens: [{index, verdict, error_code, error}]
-- committedAt  seconds since 1970 by the clock of the database, read last before the commit
-- Who: callers with the permission ingest. Security definer: API roles may not write readings or messages.
-- Raises PT400 MALFORMED (not a list), PT401, PT403, PT413 TOO_LARGE, PT429 (limits of a key); never because
-- of an element.
create function public.insert_device_messages(p_readings jsonb, p_mensagens jsonb default '[]') returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('ingest');
  v_elements private.element[];
  v_messages private.device_message[] := array[]::private.device_message[];
begin
  perform private.require_batch(p_readings);
  perform private.require_batch(p_mensagens);
  v_elements := private.ingest(p_readings, v_caller."cdClientes", now() at time zone 'UTC');
  if p_mensagens <> '[]' then
    v_messages := private.store_messages(private.read_messages(
      p_mensagens, v_caller."cdClientes", now() at time zone 'UTC'));
  end if;
  perform private.keep_meta(v_elements, p_readings);
  perform private.quarantine_elements(v_elements, p_readings, v_caller);
  if exists (select from unnest(v_messages) m where m."dsErro" is not null) then
    perform private.quarantine_elements(private.messages_as_elements(v_messages), p_mensagens, v_caller);
  end if;
  return private.describe_verdicts(v_elements, true, false) || jsonb_build_object(
    'messages', private.describe_message_errors(v_messages),
    'committedAt', extract(epoch from clock_timestamp()));
end
$$;
comment on function public.insert_device_messages is
  'Stores readings, acknowledgements and events exactly once, and quarantines what cannot be stored.';
revoke all on function public.insert_device_messages from public;
grant execute on function public.insert_device_messages to authenticated, service_role;
