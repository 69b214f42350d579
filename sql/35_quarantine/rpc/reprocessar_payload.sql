-- Stores what an adapter now reads from one quarantined message: the ordinary way of ingestion, for the
-- client whose quarantine it is in, dated when the message first arrived if an element carries no time. The
-- payload leaves quarantine when all of it is stored or was; otherwise it stays, is counted again with the
-- reason of the first element that failed, and can be replayed again.
-- p_cd_erro    which one
-- p_readings   as in insert_device_readings; p_messages as p_mensagens in insert_device_messages
-- Returns what insert_device_messages does.
-- Who: admins of the client. Security definer: API roles may not write TbIngestaoErro or time series.
-- Raises PT400 MALFORMED (not a list), PT401, PT403, PT404, PT413 TOO_LARGE, PT429.
create function public.reprocessar_payload(p_cd_erro bigint, p_readings jsonb, p_messages jsonb default null)
returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_caller private.identity := private.require_permission('admin');
  v_error record;
  v_elements private.element[];
  v_messages private.device_message[];
begin
  perform private.require_batch(p_readings);
  perform private.require_batch(coalesce(p_messages, '[]'));
  select q."cdCliente", q."dtPrimeira" into v_error
  from private.managed_errors(v_caller, array[p_cd_erro], null, null) m
  join public."TbIngestaoErro" q on q."cdErro" = m."cdErro";
  if not found then
    raise sqlstate 'PT404' using message = 'The quarantined payload does not exist or is not visible to you',
      hint = 'NOT_FOUND';
  end if;
  v_elements := private.ingest(
    private.replayed_elements(p_readings, v_error."cdCliente", v_error."dtPrimeira"),
    v_caller."cdClientes", now() at time zone 'UTC');
  v_messages := private.store_messages(private.read_messages(
    private.replayed_elements(coalesce(p_messages, '[]'), v_error."cdCliente", v_error."dtPrimeira"),
    v_caller."cdClientes", now() at time zone 'UTC'), false);
  perform private.settle_replayed_errors(
    array[p_cd_erro], private.sum_up_verdicts(v_elements || private.messages_as_elements(v_messages)));
  return private.describe_verdicts(v_elements, true, false)
    || jsonb_build_object('messages', private.describe_message_errors(v_messages));
end
$$;
comment on function public.reprocessar_payload is
  'Stores what an adapter reads from a quarantined message; when all of it is stored, it leaves quarantine.';
revoke all on function public.reprocessar_payload from public;
grant execute on function public.reprocessar_payload to authenticated, service_role;
