-- What a gateway took from its broker, in one transaction: readings, and what devices say besides.
-- p_readings    as in insert_device_readings
-- p_mensagens   [{tipo: ack, cdCliente?, cdDispositivo, dsPayload: {schema: v1, cmd_id, ok, ts_exec?, err?}},
--                {tipo: event, cdCliente?, cdDispositivo, dsPayload: {schema: v1, event_type, ts, data?}}]
-- Answers as insert_device_readings does, with verdicts for conflict and rejected only, and with
-- messages        the same for p_mensagens: [{index, verdict, error_code, error}]
-- committedAt     seconds since 1970 by the clock of the database, as its last act before it commits
-- Who: callers with the permission ingest. Security definer: API roles may not write what devices say.
-- Raises PT400 MALFORMED (no list), PT401, PT403, PT413 TOO_LARGE, PT429 (quarantine full); never for an element.
create function public.insert_device_messages(p_readings jsonb, p_mensagens jsonb default '[]') returns jsonb
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  v_chamador private.identidade := private.exigir('ingest');
  v_elementos private.elemento[];
  v_mensagens private.mensagem[] := array[]::private.mensagem[];
begin
  perform private.exigir_lote(p_readings);
  perform private.exigir_lote(p_mensagens);
  v_elementos := private.ingerir(p_readings, v_chamador."cdClientes", now() at time zone 'UTC');
  if p_mensagens <> '[]' then
    v_mensagens := private.gravar_mensagens(private.ler_mensagens(p_mensagens, v_chamador."cdClientes"));
  end if;
  perform private.quarentenar(v_elementos, p_readings, v_chamador);
  if exists (select from unnest(v_mensagens) m where m."dsErro" is not null) then
    perform private.quarentenar_mensagens(v_mensagens, p_mensagens, v_chamador);
  end if;
  return private.responder(v_elementos, true, false) || jsonb_build_object(
    'messages', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'index', m."nrIndice", 'verdict', m."dsVeredito", 'error', m."dsTexto",
               'error_code', case m."dsErro" when 'FORBIDDEN_DEVICE' then 'UNKNOWN_DEVICE' else m."dsErro" end) order by m."nrIndice"), '[]')
      from unnest(v_mensagens) m where m."dsErro" is not null),
    'committedAt', extract(epoch from clock_timestamp()));
end
$$;
comment on function public.insert_device_messages(jsonb, jsonb) is
  'Stores readings, acknowledgements and events exactly once, and quarantines what cannot be stored.';
revoke all on function public.insert_device_messages(jsonb, jsonb) from public;
grant execute on function public.insert_device_messages(jsonb, jsonb) to authenticated, service_role;
